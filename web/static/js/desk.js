// The few lines that make the pages quicker to use. Every page works without them.
(() => {
  "use strict";

  // Menu on narrow screens: the button and what it opens.
  const button = document.querySelector("[data-menu-button]");
  const parts = document.querySelectorAll("[data-menu-part]");
  const setMenu = (open) => {
    button.setAttribute("aria-expanded", String(open));
    parts.forEach((part) => part.classList.toggle("is-open", open));
  };
  if (button) {
    button.addEventListener("click", () => setMenu(button.getAttribute("aria-expanded") !== "true"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && button.getAttribute("aria-expanded") === "true") {
        setMenu(false);
        button.focus();
      }
    });
  }

  // After a form was sent back, begin at the list of what is to be put right.
  document.querySelector("[data-error-summary]")?.focus();

  // A link of that list leads into the field, not only to its place on the page.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    const field = link && document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus({ preventScroll: true });
    (field.closest(".usa-form-group") || field).scrollIntoView({ block: "start" });
  });

  // "Use the time now", on the office's clock, beside each moment that a person reports.
  const zone = document.documentElement.dataset.zone || undefined;
  const now = () =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" })
      .format(new Date())
      .replace(" ", "T");
  const addNowButtons = (root) => {
    root.querySelectorAll("input[type='datetime-local'][data-now]").forEach((input) => {
      if (input.nextElementSibling?.matches("[data-now-button]")) return;
      const fill = document.createElement("button");
      fill.type = "button";
      fill.className = "usa-button usa-button--unstyled desk-now";
      fill.dataset.nowButton = "";
      fill.textContent = input.dataset.now;
      fill.setAttribute("aria-describedby", input.dataset.label);
      fill.addEventListener("click", () => {
        input.value = now();
        input.focus();
      });
      input.after(fill);
    });
  };
  addNowButtons(document);

  // Questions that follow from an answer: keep the place of the keyboard, and say how many came or went.
  // The page brings the sentences, in its language; {n} stands for the number.
  const say = (sentence, number) => {
    const live = document.querySelector("[data-live]");
    if (live) live.textContent = live.dataset[number === 1 ? `${sentence}One` : sentence].replace("{n}", number);
  };
  const questions = () => document.querySelectorAll("#task-fields [data-question]").length;
  const controls = () => document.querySelectorAll("#task-fields :is(input, select, textarea)[id]");
  let before = 0;
  let typed = new Map();
  // What was typed while the answer was on its way counts, not what the answer knew.
  document.addEventListener("htmx:beforeSwap", () => {
    before = questions();
    typed = new Map([...controls()].map((control) => [control.id, [control.value, control.checked]]));
  });
  document.addEventListener("htmx:afterSwap", () => {
    controls().forEach((control) => {
      if (!typed.has(control.id)) return;
      const [value, checked] = typed.get(control.id);
      if ("checked" in control && /^(radio|checkbox)$/.test(control.type)) control.checked = checked;
      else control.value = value;
    });
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    addNowButtons(event.target);
    const more = questions() - before;
    if (more > 0) say("more", more);
    if (more < 0) say("fewer", -more);
  });
  ["htmx:responseError", "htmx:sendError"].forEach((name) =>
    document.addEventListener(name, () => say("failed")),
  );

  // A part of a page that brings itself up to date: at once, after an event of the page, and again for as long as the
  // server answers 202, that it is still at it. What it says then is said to those who listen, too.
  document.querySelectorAll("[data-part]").forEach((part) => {
    const words = () => (part.querySelector("[data-said]") || part).textContent.replace(/\s+/g, " ").trim();
    let shown = "";
    let turn = 0;
    const show = (told) => {
      if (told === shown) return;
      shown = told;
      const before = words();
      const held = part.contains(document.activeElement);
      part.innerHTML = told;
      if (held) part.querySelector("a")?.focus();
      if (words() !== before) part.nextElementSibling.textContent = words();
    };
    const ask = async () => {
      const mine = ++turn;
      const answer = await fetch(part.dataset.part).catch(() => null);
      if (answer?.redirected || (answer && !answer.ok)) return;
      const told = await answer?.text();
      if (mine !== turn) return;
      if (answer) show(told);
      if (answer?.status !== 200) setTimeout(() => mine === turn && ask(), answer ? 2500 : 10000);
    };
    if ("partNow" in part.dataset) ask();
    if (part.dataset.partOn) document.addEventListener(part.dataset.partOn, ask);
  });

  // A double click sends a form once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
})();
