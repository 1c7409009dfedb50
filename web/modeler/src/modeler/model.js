// What an element says, read and written: properties, step, role, events, conditions. Each write is one undo step.
import { getBusinessObject, is, isAny } from "bpmn-js/lib/util/ModelUtil";

const ROOTS = {
  message: ["bpmn:Message", "messageRef", "name"],
  signal: ["bpmn:Signal", "signalRef", "name"],
  error: ["bpmn:Error", "errorRef", "errorCode"],
  escalation: ["bpmn:Escalation", "escalationRef", "escalationCode"],
};

const GAP = 20;

export class Model {
  constructor(modeler) {
    this.modeling = modeler.get("modeling");
    this.moddle = modeler.get("moddle");
    this.factory = modeler.get("bpmnFactory");
    this.registry = modeler.get("elementRegistry");
  }

  create(type, values, parent) {
    const made = this.factory.create(type, values);
    made.$parent = parent;
    return made;
  }

  // --- Extensions ------------------------------------------------------------------------------------------------

  extension(target, type) {
    return target.extensionElements?.get("values").find((value) => value.$type === type);
  }

  properties(target) {
    return this.extension(target, "spiffworkflow:Properties")?.get("properties") ?? [];
  }

  property(target, name) {
    return this.properties(target).find((each) => each.name === name)?.value ?? "";
  }

  setProperty(element, target, name, value) {
    const kept = this.properties(target).filter((each) => each.name !== name);
    const place = this.properties(target).findIndex((each) => each.name === name);
    const now = value ? [this.moddle.create("spiffworkflow:Property", { name, value })] : [];
    kept.splice(place < 0 ? kept.length : place, 0, ...now);
    const made = kept.length ? this.moddle.create("spiffworkflow:Properties", { properties: kept }) : null;
    kept.forEach((each) => { each.$parent = made; });
    this.setExtension(element, target, "spiffworkflow:Properties", made);
  }

  // The others stay, in their order.
  setExtension(element, target, type, made) {
    const values = target.extensionElements?.get("values") ?? [];
    const place = values.findIndex((value) => value.$type === type);
    const kept = values.filter((value) => value.$type !== type);
    if (made) kept.splice(place < 0 ? kept.length : place, 0, made);
    const all = kept.length ? this.create("bpmn:ExtensionElements", { values: kept }, target) : undefined;
    kept.forEach((value) => { value.$parent = all; });
    this.update(element, target, { extensionElements: all });
  }

  update(element, target, values) {
    this.modeling.updateModdleProperties(element, target, values);
  }

  step(target) {
    return this.extension(target, "spiffworkflow:ServiceTaskOperator")?.id ?? "";
  }

  setStep(element, target, id) {
    const type = "spiffworkflow:ServiceTaskOperator";
    const list = this.moddle.create("spiffworkflow:Parameters");
    const made = id ? this.moddle.create(type, { id, resultVariable: "", parameterList: list }) : null;
    if (made) list.$parent = made;
    this.setExtension(element, target, type, made);
  }

  decision(target) {
    return this.extension(target, "spiffworkflow:CalledDecisionId")?.body?.trim() ?? "";
  }

  setDecision(element, target, id) {
    const type = "spiffworkflow:CalledDecisionId";
    this.setExtension(element, target, type, id ? this.moddle.create(type, { body: id }) : null);
  }

  // --- Words -----------------------------------------------------------------------------------------------------

  help(target) {
    return target.get("documentation")?.[0]?.text ?? "";
  }

  setHelp(element, target, text) {
    const others = (target.get("documentation") ?? []).slice(1);
    const first = text ? [this.create("bpmn:Documentation", { text }, target)] : [];
    this.update(element, target, { documentation: [...first, ...others] });
  }

  setName(element, text) {
    if (is(element, "bpmn:TextAnnotation") || is(element, "bpmn:FlowElement")) this.modeling.updateLabel(element, text);
    else this.modeling.updateProperties(element, { name: text });
  }

  // --- Roles -----------------------------------------------------------------------------------------------------

  lanes(element) {
    const process = this.processOf(element);
    return this.registry.filter((each) => is(each, "bpmn:Lane") && this.processOf(each) === process && !each.labelTarget);
  }

  processOf(element) {
    let object = getBusinessObject(element);
    while (object && !is(object, "bpmn:Process")) object = object.$parent;
    return object;
  }

  laneOf(element) {
    const object = getBusinessObject(element);
    const holding = this.lanes(element).filter((lane) => getBusinessObject(lane).get("flowNodeRef").includes(object));
    return holding.at(-1);
  }

  // Moved straight up or down into the lane, beside what is there; a role without a lane gets one at the bottom.
  setRole(element, name) {
    const lane = this.laneNamed(element, name);
    if (!lane || lane === this.laneOf(element)) return;
    this.modeling.moveElements([element], { x: 0, y: this.freePlace(element, lane) - element.y }, element.parent);
  }

  laneNamed(element, name) {
    const found = this.lanes(element).find((lane) => getBusinessObject(lane).name === name);
    return found ?? this.newLane(element, name);
  }

  pool(element) {
    const process = this.processOf(element);
    return this.registry.find((each) => is(each, "bpmn:Participant") && getBusinessObject(each).processRef === process);
  }

  newLane(element, name) {
    const pool = this.pool(element);
    if (!pool) return null;
    const lane = this.modeling.addLane(pool, "bottom");
    this.modeling.updateProperties(lane, { name });
    return lane;
  }

  freePlace(element, lane) {
    const middle = lane.y + (lane.height - element.height) / 2;
    const others = element.parent.children.filter((other) => other !== element && !other.waypoints && !other.labelTarget && !isAny(other, ["bpmn:Lane"]));
    const free = (y) => others.every((other) => apart(element, y, other));
    const places = [middle];
    for (let y = lane.y + GAP; y <= lane.y + lane.height - element.height - GAP; y += GAP) places.push(y);
    return Math.round(places.find(free) ?? middle);
  }

  // --- Events and conditions -------------------------------------------------------------------------------------

  definition(target, kind) {
    const type = `bpmn:${kind[0].toUpperCase()}${kind.slice(1)}EventDefinition`;
    return (target.eventDefinitions ?? []).find((each) => each.$type === type);
  }

  // The name of a message or signal, the code of an error or escalation.
  referred(definition, kind) {
    const [, reference, key] = ROOTS[kind];
    return definition[reference]?.[key] ?? "";
  }

  setReferred(element, definition, kind, name) {
    const [type, reference, key] = ROOTS[kind];
    if (!name) return this.update(element, definition, { [reference]: undefined });
    const definitions = this.definitions(element);
    const known = definitions.get("rootElements").find((each) => each.$type === type && each[key] === name);
    const made = known ?? this.create(type, { [key]: name, name }, definitions);
    if (!known) this.update(element, definitions, { rootElements: [...definitions.get("rootElements"), made] });
    return this.update(element, definition, { [reference]: made });
  }

  definitions(element) {
    let object = getBusinessObject(element);
    while (object.$parent && !is(object, "bpmn:Definitions")) object = object.$parent;
    return object;
  }

  timer(definition) {
    const form = ["timeDuration", "timeDate", "timeCycle"].find((name) => definition[name]);
    return { form: form ?? "timeDuration", text: form ? definition[form].body ?? "" : "" };
  }

  setTimer(element, definition, form, text) {
    const values = { timeDuration: undefined, timeDate: undefined, timeCycle: undefined };
    values[form] = this.create("bpmn:FormalExpression", { body: text }, definition);
    this.update(element, definition, values);
  }

  setExpression(element, target, name, text) {
    const made = text ? this.create("bpmn:FormalExpression", { body: text }, target) : undefined;
    this.update(element, target, { [name]: made });
  }

  setDefault(flow, wanted) {
    this.modeling.updateProperties(flow.source, { default: wanted ? getBusinessObject(flow) : undefined });
  }
}

const apart = (element, y, other) =>
  element.x + element.width + GAP <= other.x || other.x + other.width + GAP <= element.x ||
  y + element.height + GAP <= other.y || other.y + other.height + GAP <= y;
