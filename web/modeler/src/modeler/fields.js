// What is asked of an element in the panel, by its kind: groups of fields, each with its value and what writes it.
import { getBusinessObject, is, isAny } from "bpmn-js/lib/util/ModelUtil";
import { isDecision } from "./house.js";
import { timerParts, timerText, UNITS } from "./simple.js";

const NONE = { value: "", label: "–" };
const EVENTS = ["message", "signal", "error", "escalation"];

export class Fields {
  constructor(desk, model) {
    Object.assign(this, { desk, model, words: desk.words, catalogue: desk.catalogue });
  }

  // List of {title, fields}; the first group has the name.
  of(element) {
    const target = getBusinessObject(element);
    return [this.first(element, target), ...this.work(element, target), ...this.events(element, target),
      ...this.flow(element, target), ...this.loop(element, target)].filter((group) => group && group.fields.length);
  }

  first(element, target) {
    const process = is(element, "bpmn:Participant") ? target.processRef : null;
    const fields = [this.name(element, target)];
    const named = is(element, "bpmn:FlowNode") && !is(element, "bpmn:Gateway");
    if (named || is(element, "bpmn:Process") || process) fields.push(this.help(element, process ?? target));
    const placed = is(element, "bpmn:FlowNode") && !is(element, "bpmn:BoundaryEvent");
    if (placed && this.model.pool(element)) fields.push(this.role(element));
    return { title: this.words[kindOf(element)] ?? this.words.element, fields };
  }

  name(element, target) {
    const write = (value) => this.model.setName(element, value);
    if (is(element, "bpmn:Lane")) return { key: "name", label: this.words.role, kind: "select", value: target.name ?? "", options: [NONE, ...this.catalogue.lanes], write };
    const text = is(element, "bpmn:TextAnnotation") ? target.text : target.name;
    return { key: "name", label: this.words.name, kind: "text", value: text ?? "", write };
  }

  help(element, target) {
    const label = is(element, "bpmn:UserTask") ? this.words.help : this.words.about;
    const rows = is(element, "bpmn:UserTask") ? 7 : 3;
    return { key: "help", label, kind: "area", rows, value: this.model.help(target), write: (value) => this.model.setHelp(element, target, value) };
  }

  role(element) {
    const lane = this.model.laneOf(element);
    const value = lane ? getBusinessObject(lane).name ?? "" : "";
    return {
      key: "role", label: this.words.role, kind: "select", value, hint: this.words.role_hint,
      options: [...(value ? [] : [NONE]), ...this.catalogue.lanes], write: (name) => this.model.setRole(element, name),
    };
  }

  // --- Properties ------------------------------------------------------------------------------------------------

  property(element, target, name, more) {
    const value = this.model.property(target, name);
    return { key: name, value, write: (text) => this.model.setProperty(element, target, name, text), ...more };
  }

  chosen(element, target, name, label, options, more = {}) {
    return this.property(element, target, name, { label, kind: "select", options: [NONE, ...options], ...more });
  }

  typed(element, target, name, label, more = {}) {
    return this.property(element, target, name, { label, kind: "text", known: this.catalogue.known[name] ?? [], ...more });
  }

  level(element, target, name, label) {
    const value = this.model.property(target, name);
    const hint = this.catalogue.levels.find((level) => level.value === value)?.meaning;
    return this.chosen(element, target, name, label, this.catalogue.levels, { hint });
  }

  reference(element, target) {
    return this.typed(element, target, "procedureRef", this.words.reference, { hint: this.words.reference_hint });
  }

  status(element, target) {
    return this.chosen(element, target, "caseStatus", this.words.status, this.catalogue.statuses, { hint: this.words.status_hint });
  }

  // --- By kind ---------------------------------------------------------------------------------------------------

  work(element, target) {
    const groups = [];
    if (is(element, "bpmn:UserTask")) groups.push(this.person(element, target));
    if (is(element, "bpmn:ServiceTask")) groups.push(this.service(element, target));
    if (is(element, "bpmn:BusinessRuleTask")) groups.push(this.table(element, target));
    if (is(element, "bpmn:CallActivity")) groups.push(this.call(element, target));
    if (is(element, "bpmn:EndEvent")) groups.push(this.end(element, target));
    if (isAny(element, ["bpmn:ManualTask", "bpmn:SendTask", "bpmn:ReceiveTask"])) groups.push({ title: this.words.procedure, fields: [this.reference(element, target)] });
    return groups;
  }

  person(element, target) {
    const form = this.model.property(target, "formJsonSchemaFilename");
    return {
      title: this.words.work,
      fields: [
        this.chosen(element, target, "formJsonSchemaFilename", this.words.form, this.catalogue.forms),
        { key: "forms", kind: "link", label: this.words[form ? "change_forms" : "new_form"], href: `${this.desk.section.dataset.draft}/forms` },
        this.level(element, target, "due", this.words.due),
        this.level(element, target, "dueAgain", this.words.due_again),
        this.reference(element, target), this.status(element, target),
      ],
    };
  }

  service(element, target) {
    const step = this.model.step(target);
    const told = this.catalogue.steps.find((each) => each.value === step);
    const [mails, others] = [this.catalogue.steps.filter((each) => each.sends !== null), this.catalogue.steps.filter((each) => each.sends === null)];
    const write = (value) => this.model.setStep(element, target, value);
    const mail = told && told.sends !== null ? [
      { key: "mail", kind: "note", label: this.words.mail, value: told.sends || this.words.no_words },
      { key: "mails", kind: "link", label: this.words.change_mail, href: `${this.desk.section.dataset.draft}/mail` },
    ] : [];
    const counter = step === "count" ? [this.typed(element, target, "counter", this.words.counter, { hint: this.words.counter_hint })] : [];
    return {
      title: this.words.automatic,
      fields: [
        { key: "step", label: this.words.step, kind: "select", value: step, options: [NONE, ...others], groups: [{ label: this.words.mails, options: mails }], write },
        ...mail, ...counter, this.reference(element, target), this.status(element, target),
      ],
    };
  }

  table(element, target) {
    const value = this.model.decision(target);
    return { title: this.words.work, fields: [
      { key: "decision", label: this.words.decision, kind: "text", value, known: [], write: (text) => this.model.setDecision(element, target, text) },
      this.reference(element, target),
    ] };
  }

  call(element, target) {
    const called = this.catalogue.processes.find((process) => process.value === target.calledElement);
    const write = (value) => this.model.update(element, target, { calledElement: value || undefined });
    const open = called?.file ? [{ key: "open", kind: "link", label: this.words.open_diagram, href: `${this.desk.section.dataset.diagrams}/${called.file}` }] : [];
    return { title: this.words.work, fields: [
      { key: "called", label: this.words.called, kind: "select", value: target.calledElement ?? "", options: [NONE, ...this.catalogue.processes], write },
      ...open, this.reference(element, target), this.status(element, target),
    ] };
  }

  end(element, target) {
    return { title: this.words.outcome_group, fields: [this.typed(element, target, "outcome", this.words.outcome, { hint: this.words.outcome_hint })] };
  }

  // --- Events ----------------------------------------------------------------------------------------------------

  events(element, target) {
    if (!is(element, "bpmn:Event")) return [];
    const groups = [];
    const timer = this.model.definition(target, "timer");
    if (timer) groups.push(this.timer(element, timer));
    const condition = this.model.definition(target, "conditional");
    if (condition) groups.push({ title: this.words.condition, fields: [this.expression("condition", condition.condition?.body, (text) => this.model.setExpression(element, condition, "condition", text))] });
    EVENTS.forEach((kind) => {
      const found = this.model.definition(target, kind);
      if (found) groups.push(this.named(element, found, kind));
    });
    return groups;
  }

  named(element, definition, kind) {
    return { title: this.words[kind], fields: [{
      key: kind, label: this.words.called_so, kind: "text", value: this.model.referred(definition, kind),
      known: this.catalogue.known[kind] ?? [], hint: this.words.called_so_hint,
      write: (value) => this.model.setReferred(element, definition, kind, value),
    }] };
  }

  timer(element, definition) {
    const { form, text } = this.model.timer(definition);
    const now = timerParts(form, text);
    const set = (told) => this.model.setTimer(element, definition, ...timerText({ ...now, ...told }));
    const begun = { level: { kind: "level", key: this.catalogue.levels[0]?.value }, length: { kind: "length", number: now.number ?? "1", unit: now.unit ?? "D" },
      cycle: { kind: "cycle", times: "3", number: now.number ?? "1", unit: now.unit ?? "D" }, moment: { kind: "moment", at: new Date().toISOString().slice(0, 16) } };
    const kinds = ["level", "length", "cycle", "moment", "text"].map((kind) => ({ value: kind, label: this.words[`timer_${kind}`] }));
    const kind = { key: "timer", label: this.words.timer_kind, kind: "select", value: now.kind, options: now.kind === "text" ? kinds : kinds.slice(0, 4), write: (value) => begun[value] && set(begun[value]) };
    const raw = this.expression(form, text, (value) => this.model.setTimer(element, definition, form, value));
    return { title: this.words.timer, fields: [kind, ...this.timed(now, set), ...(now.kind === "text" ? [raw] : [])] };
  }

  timed(now, set) {
    const length = [
      { key: "number", label: this.words.number, kind: "number", value: now.number, write: (number) => set({ number: String(Math.max(1, Number.parseInt(number, 10) || 1)) }) },
      { key: "unit", label: this.words.unit, kind: "select", value: now.unit, options: UNITS.map((unit) => ({ value: unit, label: this.words[`unit_${unit}`] })), write: (unit) => set({ unit }) },
    ];
    const level = this.catalogue.levels.find((each) => each.value === now.key);
    const fields = {
      level: [{ key: "level", label: this.words.level, kind: "select", value: now.key, options: [...(now.key ? [] : [NONE]), ...this.catalogue.levels], hint: level?.meaning, write: (key) => set({ key }) }],
      length,
      cycle: [...length, { key: "times", label: this.words.times, kind: "number", value: now.times, hint: this.words.times_hint, write: (times) => set({ times: Number.parseInt(times, 10) > 0 ? String(Number.parseInt(times, 10)) : "" }) }],
      moment: [{ key: "moment", label: this.words.moment, kind: "datetime-local", value: now.at, write: (at) => set({ at }) }],
    };
    return fields[now.kind] ?? [];
  }

  // --- Flows and loops -------------------------------------------------------------------------------------------

  flow(element, target) {
    if (!is(element, "bpmn:SequenceFlow") || !isDecision(element.source)) return [];
    const otherwise = getBusinessObject(element.source).default === target;
    const fields = [{ key: "default", label: this.words.otherwise, kind: "check", value: otherwise, write: (value) => this.model.setDefault(element, value) }];
    const condition = this.expression("condition", target.conditionExpression?.body, (text) => this.model.setExpression(element, target, "conditionExpression", text));
    return [{ title: this.words.condition, fields: otherwise ? fields : [...fields, condition] }];
  }

  loop(element, target) {
    const loop = target.loopCharacteristics;
    if (!loop) return [];
    const asked = is(loop, "bpmn:StandardLoopCharacteristics")
      ? [["loopCondition", "condition", this.words.loop_while]]
      : [["loopCardinality", "number", this.words.loop_times], ["completionCondition", "condition", this.words.loop_until]];
    const fields = asked.map(([name, form, label]) => ({ ...this.expression(form, loop[name]?.body, (text) => this.model.setExpression(element, loop, name, text)), key: name, label }));
    return [{ title: this.words.loop, fields }];
  }

  expression(form, value, write) {
    return { key: "expression", label: this.words.expression, kind: "expression", form, value: value ?? "", write };
  }
}

const KINDS = [
  ["bpmn:UserTask", "user_task"], ["bpmn:ServiceTask", "service_task"], ["bpmn:CallActivity", "call_activity"],
  ["bpmn:BusinessRuleTask", "rule_task"], ["bpmn:SubProcess", "sub_process"], ["bpmn:Activity", "activity"],
  ["bpmn:StartEvent", "start_event"], ["bpmn:EndEvent", "end_event"], ["bpmn:BoundaryEvent", "boundary_event"],
  ["bpmn:Event", "event"], ["bpmn:Gateway", "gateway"], ["bpmn:SequenceFlow", "sequence_flow"], ["bpmn:Lane", "lane"],
  ["bpmn:Participant", "pool"], ["bpmn:Process", "process"], ["bpmn:TextAnnotation", "annotation"],
];

export const kindOf = (element) => KINDS.find(([type]) => is(element, type))?.[1];
