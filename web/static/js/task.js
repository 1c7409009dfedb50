// A form that saves itself, and Ctrl+Enter to go on. The pages work without it: there is a button for each.
(() => {
  "use strict";
  const PAUSE = 1500;

  // Ctrl+Enter (or Command+Enter) presses the button that goes on.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    const button = document.querySelector("button[data-continue]");
    if (!button) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  });

  const form = document.querySelector("form[data-autosave]");
  const line = document.querySelector("[data-saved]");
  if (!form || !line) return;
  let waiting = 0;
  let saving = null;

  const show = (words, failed) => {
    line.hidden = false;
    line.textContent = words;
    // Only a failure is read out; that all is well would interrupt at every pause.
    const live = document.querySelector("[data-live]");
    if (failed && live) live.textContent = words;
  };

  const answered = async (response) => {
    const json = response.headers.get("Content-Type")?.startsWith("application/json");
    const said = json ? await response.json() : {};
    ["draft", "version"].forEach((name) => {
      if (name in said && form.elements[name]) form.elements[name].value = said[name];
    });
    show(said.words || form.dataset.notSaved, !response.ok);
    const held = response.ok && document.querySelector("[data-held]");
    if (!held) return;
    // Whoever types into a task that nobody holds has taken it.
    held.textContent = held.dataset.held;
    held.parentElement.querySelector("form")?.remove();
    delete held.dataset.held;
  };

  const save = () => {
    clearTimeout(waiting);
    waiting = 0;
    if (saving) {
      saving.then(save);
      return saving;
    }
    saving = fetch(form.dataset.autosave, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    })
      .then(answered)
      .catch(() => show(form.dataset.notSaved, true))
      .finally(() => { saving = null; });
    return saving;
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, PAUSE);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  // What is typed last is saved when the page is left behind or put aside.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting) save();
  });

  // A form is sent once what is being saved has been saved, so that the two do not get in each other's way.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    waiting = 0;
    if (!saving) return;
    event.preventDefault();
    const pressed = event.submitter;
    saving.finally(() => form.requestSubmit(pressed));
  });
})();
