// A condition: a row "field, is, value" that writes it, the text itself with completion, and what the server says of it.
import { choice, filled, make } from "./dom.js";
import { isNumber, operators, parts, written } from "./simple.js";

const TYPED = /(?:"([^"]*)|([A-Za-z_]\w*))$/;
const COMPARED = /(\w+)\s*(?:==|!=)\s*"?\w*$/;
const MOST = 8;
const PAUSE = 400;

export class Expression {
  // `field`: id, label, value, form (condition, number or a kind of timer), write(text); `desk`: catalogue, words, ask.
  constructor(field, desk) {
    Object.assign(this, { field, desk, words: desk.words });
    this.list = make("ul", { class: "desk-complete", id: `${field.id}-list`, role: "listbox", "aria-label": this.words.suggestions, hidden: true });
    this.told = make("div", { class: "desk-told", id: `${field.id}-told`, role: "status" });
    this.input = this.textBox();
    this.current = -1;
  }

  textBox() {
    return make("input", {
      class: "usa-input desk-code", type: "text", id: this.field.id, value: this.field.value, autocomplete: "off",
      spellcheck: "false", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
      "aria-controls": this.list.id, "aria-describedby": this.told.id,
      oninput: () => { this.complete(); this.askSoon(); },
      onkeydown: (event) => this.key(event),
      onblur: () => this.close(),
      onchange: () => this.field.write(this.input.value.trim()),
    });
  }

  get node() {
    const label = make("label", { class: "usa-label", for: this.field.id }, this.field.label);
    const text = make("div", { class: "desk-complete-frame" }, this.input, this.list);
    const node = make("div", { class: "desk-expression" }, this.field.form === "condition" ? this.row() : null, label, text, this.told);
    if (this.field.value) this.ask();
    return node;
  }

  // --- The row ---------------------------------------------------------------------------------------------------

  row() {
    const { variables } = this.desk.catalogue;
    const now = parts(this.field.value, variables);
    const options = [{ value: "", label: this.words[this.field.value && !now ? "says_more" : "choose"] }, ...variables];
    const field = choice({ id: `${this.field.id}-name`, onchange: () => this.begin(field.value) }, options, now?.name ?? "");
    const frame = make("fieldset", { class: "usa-fieldset desk-rule" }, make("legend", { class: "usa-legend" }, this.words.rule));
    frame.append(labelled(this.words.field, field));
    if (now) frame.append(...this.rest(now, variables.find((variable) => variable.value === now.name)));
    return frame;
  }

  rest(now, variable) {
    const save = (change) => this.field.write(written({ ...now, ...change }, variable));
    const signs = operators(variable).map((sign) => ({ value: sign, label: this.words[`is${sign}`] }));
    const operator = choice({ id: `${this.field.id}-is`, onchange: () => save({ operator: operator.value }) }, signs, now.operator);
    const value = this.value(now, variable, save);
    return [labelled(this.words.compare, operator), labelled(this.words.value, value)];
  }

  value(now, variable, save) {
    const id = `${this.field.id}-value`;
    const truths = [{ value: "true", label: this.words.yes }, { value: "false", label: this.words.no }];
    const options = variable.kind === "boolean" ? truths : variable.options;
    if (options.length) {
      const select = choice({ id, onchange: () => save({ value: select.value }) }, options, now.value);
      return select;
    }
    const type = isNumber(variable) ? "number" : "text";
    const input = make("input", { class: "usa-input", id, type, value: now.value, onchange: () => save({ value: input.value }) });
    return input;
  }

  begin(name) {
    const variable = this.desk.catalogue.variables.find((each) => each.value === name);
    if (!variable) return;
    const first = variable.kind === "boolean" ? "true" : variable.options[0]?.value ?? "";
    this.field.write(written({ name, operator: "==", value: first, asked: false }, variable));
  }

  // --- Completion ------------------------------------------------------------------------------------------------

  complete() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    const typed = TYPED.exec(before);
    const found = typed ? this.offers(before, typed) : [];
    this.list.replaceChildren(...found.map((offer, place) => this.item(offer, place)));
    this.show(found.length > 0);
  }

  offers(before, typed) {
    const begun = (typed[1] ?? typed[2]).toLowerCase();
    const fits = (offer) => offer.text.toLowerCase().includes(begun) || offer.label.toLowerCase().includes(begun);
    const start = before.length - typed[0].length;
    const all = typed[1] === undefined ? this.names() : this.values(before);
    return all.filter(fits).filter((offer) => offer.text !== typed[0]).slice(0, MOST).map((offer) => ({ ...offer, start }));
  }

  names() {
    const { variables, functions, levels } = this.desk.catalogue;
    const times = this.field.form.startsWith("time") ? levels.map((level) => ({ text: `service_level("${level.value}")`, label: level.label })) : [];
    return [
      ...variables.map((each) => ({ text: each.value, label: each.label })), ...times,
      ...functions.map((each) => ({ text: `${each.value}(`, label: each.label })),
    ];
  }

  values(before) {
    const name = COMPARED.exec(before)?.[1];
    const variable = this.desk.catalogue.variables.find((each) => each.value === name);
    return (variable?.options ?? []).map((option) => ({ text: `"${option.value}"`, label: option.label }));
  }

  item(offer, place) {
    const take = (event) => { event.preventDefault(); this.take(place); };
    const item = make("li", { role: "option", id: `${this.list.id}-${place}`, "aria-selected": "false", onmousedown: take },
      make("code", {}, offer.text), make("span", {}, ` ${offer.label}`));
    item.offer = offer;
    return item;
  }

  take(place) {
    const { text, start } = this.list.children[place].offer;
    const after = this.input.value.slice(this.input.selectionStart).replace(/^"/, "");
    this.input.value = this.input.value.slice(0, start) + text + after;
    this.input.setSelectionRange(start + text.length, start + text.length);
    this.close();
    this.askSoon();
  }

  key(event) {
    const count = this.list.hidden ? 0 : this.list.children.length;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (count && event.key in steps) this.mark((this.current + steps[event.key] + count + (this.current < 0 && steps[event.key] < 0 ? 1 : 0)) % count);
    else if (count && event.key === "Enter" && this.current >= 0) this.take(this.current);
    else if (count && event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  mark(place) {
    this.current = place;
    [...this.list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === place)));
    this.input.setAttribute("aria-activedescendant", this.list.children[place].id);
  }

  show(open) {
    this.current = -1;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.show(false);
  }

  // --- What the server says --------------------------------------------------------------------------------------

  askSoon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const text = this.input.value.trim();
    const answer = text ? await this.desk.ask(text, this.field.form) : null;
    if (text !== this.input.value.trim()) return;
    this.tell(text, answer?.mistake);
  }

  tell(text, mistake) {
    this.input.toggleAttribute("aria-invalid", Boolean(mistake));
    if (mistake) this.input.setAttribute("aria-invalid", "true");
    const calm = text && mistake === null ? make("p", { class: "desk-told__good" }, this.words.understood) : null;
    this.told.replaceChildren(...[mistake ? this.wrong(mistake) : calm].filter(Boolean));
  }

  wrong(mistake) {
    const told = make("p", { class: "usa-error-message" }, `${mistake.sentence} ${mistake.mend}`);
    if (mistake.corrected) {
      const use = () => { this.input.value = mistake.corrected; this.field.write(mistake.corrected); };
      told.append(" ", make("button", { type: "button", class: "usa-button usa-button--unstyled", onclick: use },
        filled(this.words.use_instead, { text: mistake.corrected })));
    }
    return told;
  }
}

const labelled = (words, control) => make("div", {}, make("label", { class: "usa-label", for: control.id }, words), control);
