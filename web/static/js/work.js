// My work: results while one types, and one tick for all rows. Without this the form is sent by its button.
(() => {
  "use strict";

  const form = document.querySelector("[data-search-form]");
  const results = document.querySelector("[data-results]");
  const say = (words) => (document.querySelector("[data-live]").textContent = words);
  let asked = 0;
  let waits = null;

  // The words go in the body: they may be a client's name, which belongs in no address. The answer says which address
  // the page now has.
  const ask = async () => {
    const turn = ++asked;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Part": "results" } }).catch(() => null);
    if (turn !== asked || !answer || answer.redirected || ![200, 422].includes(answer.status)) return;
    results.innerHTML = await answer.text();
    history.replaceState(null, "", answer.headers.get("X-Address") || location.pathname);
    say(results.firstElementChild?.dataset.said || "");
  };
  form.addEventListener("input", (event) => {
    clearTimeout(waits);
    waits = setTimeout(ask, event.target.matches("[data-search]") ? 300 : 0);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waits);
    asked++;
  });

  results.addEventListener("change", (event) => {
    if (!event.target.matches("[data-all]")) return;
    results.querySelectorAll("input[name=task]").forEach((box) => (box.checked = event.target.checked));
  });
})();
