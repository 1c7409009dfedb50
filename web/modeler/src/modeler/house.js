// What may be drawn: palette, replace menu and context pad hold only what runs, and what the rules of the house take.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { isEventSubProcess } from "bpmn-js/lib/util/DiUtil";

const SHAPES = [
  ["event", "bpmn-icon-start-event-none", "Start event", { type: "bpmn:StartEvent" }],
  ["event", "bpmn-icon-intermediate-event-catch-timer", "Wait for a time",
    { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:TimerEventDefinition" }],
  ["event", "bpmn-icon-end-event-none", "End of a branch", { type: "bpmn:EndEvent" }],
  ["event", "bpmn-icon-end-event-terminate", "End of the case",
    { type: "bpmn:EndEvent", eventDefinitionType: "bpmn:TerminateEventDefinition" }],
  ["gateway", "bpmn-icon-gateway-xor", "Decision: one way", { type: "bpmn:ExclusiveGateway" }],
  ["gateway", "bpmn-icon-gateway-parallel", "At the same time", { type: "bpmn:ParallelGateway" }],
  ["activity", "bpmn-icon-user-task", "Task for a person", { type: "bpmn:UserTask" }],
  ["activity", "bpmn-icon-service-task", "Automatic step or mail", { type: "bpmn:ServiceTask" }],
  ["activity", "bpmn-icon-call-activity", "Another diagram", { type: "bpmn:CallActivity" }],
  ["activity", "bpmn-icon-subprocess-expanded", "Sub-process", { type: "bpmn:SubProcess", isExpanded: true }],
  ["artifact", "bpmn-icon-participant", "Pool, which holds the lanes", { type: "bpmn:Participant" }],
  ["artifact", "bpmn-icon-text-annotation", "Note", { type: "bpmn:TextAnnotation" }],
];

// The rules that would refuse each stand in docs/what-runs.md.
const NEVER = /^replace-with-(task|script-task|.*ad-hoc-subprocess|conditional-flow|data-store.*)$/;
const STARTS = /^replace-with-(message|timer|conditional|signal|error|escalation|compensation)-start$/;
const HEADS = ["toggle-participant-multiplicity", "toggle-is-collection"];

class Palette {
  static $inject = ["palette", "create", "elementFactory", "spaceTool", "lassoTool", "handTool", "globalConnect", "translate"];

  constructor(palette, create, elementFactory, spaceTool, lassoTool, handTool, globalConnect, translate) {
    Object.assign(this, { create, elementFactory, spaceTool, lassoTool, handTool, globalConnect, translate });
    palette.registerProvider(this);
  }

  getPaletteEntries() {
    return { ...this.tools(), ...this.shapes() };
  }

  tools() {
    const tool = (className, title, click) => ({ group: "tools", className, title: this.translate(title), action: { click } });
    return {
      "hand-tool": tool("bpmn-icon-hand-tool", "Move the drawing", (event) => this.handTool.activateHand(event)),
      "lasso-tool": tool("bpmn-icon-lasso-tool", "Select several", (event) => this.lassoTool.activateSelection(event)),
      "space-tool": tool("bpmn-icon-space-tool", "Make room", (event) => this.spaceTool.activateSelection(event)),
      "global-connect-tool": tool("bpmn-icon-connection-multi", "Connect two elements", (event) => this.globalConnect.start(event)),
      "tool-separator": { group: "tools", separator: true },
    };
  }

  shapes() {
    const found = SHAPES.map(([group, className, title, attributes], place) => {
      const start = (event) => this.create.start(event, this.made(attributes));
      return [`create.${place}`, { group, className, title: this.translate(title), action: { dragstart: start, click: start } }];
    });
    return Object.fromEntries(found);
  }

  // A sub-process begins with its start event, which the rules demand.
  made(attributes) {
    if (attributes.type === "bpmn:Participant") return this.elementFactory.createParticipantShape();
    const shape = this.elementFactory.createShape(attributes);
    if (attributes.type !== "bpmn:SubProcess") return shape;
    return [shape, this.elementFactory.createShape({ type: "bpmn:StartEvent", x: 40, y: 82, parent: shape })];
  }
}

class Menus {
  static $inject = ["popupMenu", "contextPad", "create", "elementFactory", "autoPlace", "translate", "config.house"];

  constructor(popupMenu, contextPad, create, elementFactory, autoPlace, translate, house) {
    Object.assign(this, { create, elementFactory, autoPlace, translate, house });
    popupMenu.registerProvider("bpmn-replace", 500, this);
    contextPad.registerProvider(500, this);
  }

  getPopupMenuEntries(target) {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => this.runs(name, target)));
  }

  getPopupMenuHeaderEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => !HEADS.includes(name)));
  }

  runs(name, target) {
    if (NEVER.test(name)) return false;
    if (name === "replace-with-rule-task") return this.house.decisions;
    return !STARTS.test(name) || isEventSubProcess(getBusinessObject(target).$parent);
  }

  getContextPadEntries(element) {
    return (entries) => {
      const task = entries["append.append-task"];
      if (!task) return entries;
      delete entries["append.append-task"];
      return {
        ...entries,
        "append.user-task": this.append("bpmn:UserTask", "bpmn-icon-user-task", "Then a task for a person"),
        "append.service-task": this.append("bpmn:ServiceTask", "bpmn-icon-service-task", "Then an automatic step or mail"),
      };
    };
  }

  append(type, className, title) {
    const make = () => this.elementFactory.createShape({ type });
    return {
      group: "model",
      className,
      title: this.translate(title),
      action: {
        click: (event, element) => this.autoPlace.append(element, make()),
        dragstart: (event, element) => this.create.start(event, make(), { source: element }),
      },
    };
  }
}

// What the drawing says itself, in the language of the page.
const translator = (words) => (template, values = {}) =>
  (words[template] ?? template).replace(/{([^}]+)}/g, (whole, name) => values[name] ?? whole);

export const house = (words) => ({
  __init__: ["paletteProvider", "houseMenus"],
  paletteProvider: ["type", Palette],
  houseMenus: ["type", Menus],
  translate: ["value", translator(words)],
});

export const isDecision = (element) => is(element, "bpmn:ExclusiveGateway") || is(element, "bpmn:InclusiveGateway");
