// What the server says is wrong: signs on the elements, and a list under the drawing. Its words are not changed here.
import { filled, make } from "./dom.js";
import { kindOf } from "./fields.js";

const PLACE = { top: -13, left: -13 };

export class Problems {
  constructor(desk) {
    Object.assign(this, { desk, words: desk.words });
    this.list = desk.section.querySelector("[data-modeler-problems]");
    this.count = desk.section.querySelector("[data-modeler-count]");
    this.overlays = desk.modeler.get("overlays");
    this.registry = desk.modeler.get("elementRegistry");
    this.canvas = desk.modeler.get("canvas");
    this.marked = [];
  }

  show(problems) {
    this.mark(problems.filter((problem) => problem.file === this.desk.file && this.registry.get(problem.element)));
    this.list.replaceChildren(...problems.map((problem) => this.item(problem)));
    const wrong = problems.filter((problem) => !problem.warning).length;
    const sentence = wrong === 0 ? this.words.nothing_wrong : wrong === 1 ? this.words.one_wrong : this.words.many_wrong;
    this.count.textContent = filled(sentence, { n: wrong });
  }

  mark(problems) {
    this.overlays.remove({ type: "desk-problem" });
    this.marked.forEach(([id, marker]) => this.registry.get(id) && this.canvas.removeMarker(id, marker));
    this.marked = [];
    const ids = new Set(problems.map((problem) => problem.element));
    ids.forEach((id) => this.sign(id, problems.filter((problem) => problem.element === id)));
  }

  sign(id, several) {
    const kind = several.every((problem) => problem.warning) ? "warning" : "error";
    const words = several.map((problem) => `${problem.reason} ${problem.mend}`.trim()).join("\n");
    const sign = make("div", { class: `desk-problem desk-problem--${kind}`, title: words, "data-problem": id }, "!");
    this.overlays.add(id, "desk-problem", { position: PLACE, html: sign, scale: false });
    const marker = `desk-is-${kind}`;
    this.canvas.addMarker(id, marker);
    this.marked.push([id, marker]);
  }

  item(problem) {
    const sort = problem.warning ? this.words.set_aside : this.words.wrong;
    const rule = problem.rule ? ` (${problem.rule})` : "";
    return make("li", {}, make("span", { class: `desk-tag desk-tag--${problem.warning ? "warn" : "bad"}` }, sort), " ",
      this.place(problem), `: ${problem.reason} ${problem.mend}`, make("span", { class: "desk-small desk-muted" }, rule));
  }

  place(problem) {
    const drawn = problem.file === this.desk.file && this.registry.get(problem.element);
    const name = problem.name || (drawn && this.words[kindOf(drawn)]) || problem.element || problem.file;
    if (drawn) {
      return make("button", { type: "button", class: "usa-button usa-button--unstyled", onclick: () => this.desk.go(problem.element) }, name);
    }
    if (!problem.file.endsWith(".bpmn")) return make("strong", {}, name);
    const href = `${this.desk.section.dataset.diagrams}/${problem.file}#${problem.element}`;
    return make("a", { class: "usa-link", href }, name);
  }
}
