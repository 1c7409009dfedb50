// The panel beside the drawing: shows the fields of what is selected, and keeps the place of the keyboard.
import { getBusinessObject } from "bpmn-js/lib/util/ModelUtil";
import { choice, make } from "./dom.js";
import { Expression } from "./expression.js";
import { Fields } from "./fields.js";
import { Model } from "./model.js";

export class Panel {
  constructor(desk) {
    Object.assign(this, { desk, words: desk.words });
    this.place = desk.section.querySelector("[data-modeler-panel]");
    this.fields = new Fields(desk, new Model(desk.modeler));
    ["selection.changed", "commandStack.changed", "import.done", "tokenSimulation.toggleMode"].forEach((event) => {
      desk.modeler.on(event, (told) => this.soon(told));
    });
  }

  // After what is going on: a change by keyboard first moves on to the next field.
  soon({ active } = {}) {
    if (active !== undefined) this.simulating = active;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), 0);
  }

  get element() {
    const selected = this.desk.modeler.get("selection").get();
    return selected.length === 1 ? selected[0].labelTarget ?? selected[0] : null;
  }

  draw() {
    const held = document.activeElement;
    const [id, start] = this.place.contains(held) ? [held.id, place(held)] : ["", null];
    this.place.replaceChildren(...this.content());
    const again = id && this.place.querySelector(`#${CSS.escape(id)}`);
    if (!again) return;
    again.focus({ preventScroll: true });
    if (start !== null && again.setSelectionRange) again.setSelectionRange(start, start);
  }

  content() {
    if (this.simulating) return [make("p", {}, this.words.simulating)];
    const element = this.element;
    if (!element) return [make("p", {}, this.words.select_something)];
    const groups = this.fields.of(element).map((group, at) => this.group(group, at));
    return [...groups, make("p", { class: "desk-small desk-muted" }, getBusinessObject(element).id)];
  }

  group(group, at) {
    const heading = make(at ? "h3" : "h2", {}, group.title);
    return make("div", { class: "desk-panel__group" }, heading, ...group.fields.map((field) => this.field(field)));
  }

  field(field) {
    const id = `panel-${field.key}`;
    if (field.kind === "link") return make("p", {}, make("a", { class: "usa-link", href: field.href }, field.label));
    if (field.kind === "note") return make("p", {}, make("strong", {}, field.label), ` ${field.value}`);
    if (field.kind === "expression") return new Expression({ ...field, id }, this.desk).node;
    if (field.kind === "check") return this.tick(field, id);
    const control = this.control(field, id);
    const label = make("label", { class: "usa-label", for: id }, field.label);
    const hint = field.hint ? make("span", { class: "usa-hint", id: `${id}-hint` }, field.hint) : null;
    if (hint) control.setAttribute("aria-describedby", hint.id);
    return make("div", {}, label, hint, ...this.known(field, control), control);
  }

  tick(field, id) {
    const box = make("input", { class: "usa-checkbox__input", type: "checkbox", id, onchange: () => field.write(box.checked) });
    box.checked = field.value;
    return make("div", { class: "usa-checkbox" }, box, make("label", { class: "usa-checkbox__label", for: id }, field.label));
  }

  control(field, id) {
    const onchange = (event) => field.write(event.target.value.trim());
    if (field.kind === "select") return this.select(field, { id, onchange });
    if (field.kind === "area") {
      const area = make("textarea", { class: "usa-textarea", id, rows: field.rows, onchange });
      area.value = field.value;
      return area;
    }
    return make("input", { class: "usa-input", id, type: field.kind, value: field.value ?? "", autocomplete: "off", onchange });
  }

  select(field, attributes) {
    const grouped = (field.groups ?? []).flatMap((group) => group.options);
    const inGroup = grouped.some((option) => option.value === field.value);
    const select = choice(attributes, field.options, inGroup ? "" : field.value);
    (field.groups ?? []).forEach((group) => {
      const node = make("optgroup", { label: group.label });
      node.append(...group.options.map((option) => make("option", { value: option.value, selected: option.value === field.value }, option.label)));
      select.append(node);
    });
    return select;
  }

  // What the diagrams hold already, to choose from while typing.
  known(field, control) {
    if (!field.known?.length) return [];
    const list = make("datalist", { id: `${control.id}-known` }, ...field.known.map((value) => make("option", { value })));
    control.setAttribute("list", list.id);
    return [list];
  }
}

const place = (control) => {
  try {
    return control.selectionStart ?? null;
  } catch {
    return null;
  }
};
