// The keyboard shortcuts. The frame loads this file only for those who have them switched on.
(() => {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const rows = () => [...document.querySelectorAll("main [data-row], main .desk-table tbody tr")].filter((row) => one("a[href]", row));
  const isTyping = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

  // The row with the keyboard is the current one: its link has the focus, so that Enter opens it.
  const current = () => document.activeElement.closest("main tbody tr");
  const goTo = (step) => {
    const all = rows();
    const at = all.indexOf(current());
    const next = at < 0 ? (step > 0 ? all[0] : all.at(-1)) : all[at + step];
    if (!next) return;
    (one("a[data-opens]", next) || one("a[href]", next)).focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const claim = () => {
    const here = current() || (rows().length ? null : one("main"));
    const button = here && one("button[formaction$='/claim'], form[action$='/claim'] button", here);
    button?.click();
  };
  const open = (path) => {
    const link = one(`.desk-nav a[href='${path}']`);
    if (link) window.location.assign(link.href);
  };
  const search = () => {
    const field = one("[data-search], main [role=search] input[type=text], main [role=search] input[type=search]");
    if (field) field.select();
    field?.focus();
  };

  const dialog = one("[data-keys-dialog]");
  const help = async () => {
    if (dialog.open) return;
    if (!dialog.childElementCount) {
      const answer = await fetch(one("[data-keys-help]").dataset.keysHelp);
      if (!answer.ok || answer.redirected) return;
      dialog.innerHTML = await answer.text();
    }
    dialog.showModal();
  };

  const submit = (form) => {
    const button = form && one("button[type=submit]:not(.usa-button--outline, .desk-quiet)", form);
    if (button) form.requestSubmit(button);
  };
  const continueForm = () => {
    const own = document.activeElement.closest("main form");
    submit(own || [...document.querySelectorAll("main form.desk-form")].at(-1));
  };

  const keys = {
    "/": search,
    "?": help,
    j: () => goTo(1),
    k: () => goTo(-1),
    c: claim,
    n: () => open("/cases/new"),
  };
  const afterG = { w: () => open("/work") };
  let waits = null;

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    if (event.key === "Enter" && event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      continueForm();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || dialog.open || isTyping(event.target)) return;
    const found = waits ? afterG[event.key] : keys[event.key];
    clearTimeout(waits);
    waits = null;
    if (event.key === "g") waits = setTimeout(() => (waits = null), 1500);
    if (!found) return;
    event.preventDefault();
    found();
  });
})();
