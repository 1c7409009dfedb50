// Saves the drawing by itself, and says when: a while after a change, before the page is left, and again when it failed.
import { download, filled, make } from "./dom.js";

const PAUSE = 1500;
const FIRST_TRY = 5000;
const LAST_TRY = 60000;

export class Saver {
  // `desk`: modeler, words, file, address of the files, csrf, told(problems).
  constructor(desk, rowVersion) {
    Object.assign(this, { desk, rowVersion, changes: 0, saved: 0, refused: false, lost: false, wait: FIRST_TRY });
    this.line = desk.section.querySelector("[data-modeler-saved]");
    this.notice = desk.section.querySelector("[data-modeler-notice]");
    desk.modeler.on("commandStack.changed", () => this.changed());
    addEventListener("beforeunload", (event) => { if (this.open || this.lost) event.preventDefault(); });
    addEventListener("online", () => this.soon(0));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.soon(0); });
    document.addEventListener("click", (event) => this.leave(event));
  }

  get open() {
    return this.changes !== this.saved;
  }

  changed() {
    this.changes += 1;
    if (!this.refused) this.line.textContent = this.desk.words.saving;
    this.soon(PAUSE);
  }

  soon(pause) {
    clearTimeout(this.waiting);
    if (this.open && !this.refused) this.waiting = setTimeout(() => this.save(), pause);
  }

  // A link of this page is followed once all is saved.
  async leave(event) {
    const link = event.target.closest("a[href]:not([download]):not([target])");
    if (!link || !this.open || event.defaultPrevented || event.ctrlKey || event.metaKey || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    await this.save();
    if (!this.open) location.assign(link.href);
  }

  async save() {
    clearTimeout(this.waiting);
    if (this.saving) return this.saving;
    if (this.refused || !this.open) return null;
    this.saving = this.send();
    await this.saving;
    this.saving = null;
    if (this.open && !this.refused) this.soon(this.wait === FIRST_TRY ? PAUSE : this.wait);
    return null;
  }

  async send() {
    const before = this.changes;
    const { file, words } = this.desk;
    this.line.textContent = words.saving;
    try {
      const { xml } = await this.desk.modeler.saveXML({ format: true });
      const answer = await this.desk.post(this.desk.section.dataset.files, { row_version: this.rowVersion, changes: { [file]: xml } });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) this.done(before, told);
      else if (answer.status < 500) this.refuse(answer.status, told);
      else throw new Error(String(answer.status));
    } catch {
      this.wait = Math.min(LAST_TRY, this.wait * 2);
      this.line.textContent = words.not_saved;
    }
  }

  done(before, told) {
    Object.assign(this, { saved: before, lost: false, rowVersion: told.row_version, wait: FIRST_TRY });
    this.notice.replaceChildren();
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(new Date());
    if (!this.open) this.line.textContent = filled(this.desk.words.saved_at, { time });
    this.desk.told(told.problems);
    document.dispatchEvent(new Event("draft-saved"));
  }

  // What the server does not take is shown, and the drawing can be kept as a file. After the next change it is tried
  // again, unless somebody else's change would be lost.
  refuse(status, told) {
    const { words } = this.desk;
    this.line.textContent = words.not_taken;
    this.refused = status === 409;
    this.lost = true;
    if (!this.refused) this.saved = this.changes;
    const sentences = [told.message ?? words.session_over, ...Object.values(told.fields ?? {})].join(" ");
    const theirs = make("a", { class: "usa-button", href: location.pathname, onclick: () => { this.saved = this.changes; this.lost = false; } }, words.load_theirs);
    const mine = make("button", { type: "button", class: "usa-button usa-button--outline", onclick: () => this.keep() }, words.download_mine);
    this.notice.replaceChildren(make("div", { class: "usa-alert usa-alert--error", role: "alert" },
      make("div", { class: "usa-alert__body" },
        make("h2", { class: "usa-alert__heading" }, words.not_taken),
        make("p", { class: "usa-alert__text" }, sentences),
        make("p", { class: "desk-buttons" }, this.refused ? theirs : null, mine))));
  }

  async keep() {
    const { xml } = await this.desk.modeler.saveXML({ format: true });
    download(this.desk.file, "application/xml", xml);
  }
}
