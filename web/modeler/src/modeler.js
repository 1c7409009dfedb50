// The modeler of the process editor: one diagram of a draft, drawn, described in the panel, checked by the server and
// saved by itself. Which diagram, and where everything is asked, stands in the data- attributes of the page.
import Modeler from "bpmn-js/lib/Modeler";
import ColorPicker from "bpmn-js-color-picker";
import Simulation from "bpmn-js-token-simulation";
import Minimap from "diagram-js-minimap";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn-codes.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "./modeler/modeler.css";
import { download, make } from "./modeler/dom.js";
import { house } from "./modeler/house.js";
import { Panel } from "./modeler/panel.js";
import { Problems } from "./modeler/problems.js";
import { Saver } from "./modeler/saving.js";
import spiffworkflow from "./modeler/spiffworkflow.json";

const PALETTE = 110;
const READABLE = 0.75;

class Desk {
  constructor(section, catalogue) {
    Object.assign(this, { section, catalogue, words: catalogue.words, file: section.dataset.file });
    this.container = section.querySelector("[data-modeler-canvas]");
    this.modeler = new Modeler({
      container: this.container,
      additionalModules: [ColorPicker, Minimap, Simulation, house(catalogue.drawing)],
      moddleExtensions: { spiffworkflow },
      house: { decisions: section.dataset.decisions === "true" },
      zoomScroll: { enabled: false },
    });
    this.canvas = this.modeler.get("canvas");
    this.problems = new Problems(this);
    this.panel = new Panel(this);
    this.listen();
  }

  async open({ row_version: rowVersion, files }) {
    const { warnings } = await this.modeler.importXML(files[this.file]);
    if (warnings.length) this.say(this.words.odd, warnings.map((warning) => warning.message));
    this.begin();
    this.saver = new Saver(this, rowVersion);
    this.refresh();
    const answer = await fetch(this.section.dataset.problems);
    if (answer.ok) this.told((await answer.json()).problems);
    const named = () => this.go(decodeURIComponent(location.hash.slice(1)));
    addEventListener("hashchange", named);
    named();
    this.section.dataset.ready = "true";
  }

  told(problems) {
    this.problems.show(problems);
  }

  say(heading, lines) {
    const notice = this.section.querySelector("[data-modeler-notice]");
    notice.replaceChildren(make("div", { class: "usa-alert usa-alert--warning" }, make("div", { class: "usa-alert__body" },
      make("h2", { class: "usa-alert__heading" }, heading), make("ul", { class: "usa-list" }, ...lines.map((line) => make("li", {}, line))))));
  }

  post(address, body) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.section.dataset.csrf };
    return fetch(address, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async ask(text, form) {
    const answer = await this.post(this.section.dataset.check, { text, form }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  // --- The buttons -----------------------------------------------------------------------------------------------

  listen() {
    const stack = this.modeler.get("commandStack");
    const actions = {
      undo: () => stack.undo(), redo: () => stack.redo(), find: (event) => this.find(event),
      in: () => this.zoom(1.25), out: () => this.zoom(0.8), fit: () => this.fit(),
      map: () => this.modeler.get("minimap").toggle(), simulate: () => this.modeler.get("toggleMode").toggleMode(),
      bpmn: () => this.saver.keep(), svg: () => this.picture(),
    };
    this.button = (name) => this.section.querySelector(`[data-modeler-do="${name}"]`);
    Object.entries(actions).forEach(([name, action]) => this.button(name).addEventListener("click", action));
    this.modeler.on("commandStack.changed", () => this.refresh());
    this.modeler.on("tokenSimulation.toggleMode", ({ active }) => {
      this.simulating = active;
      this.refresh();
    });
    this.modeler.on("minimap.toggle", ({ open }) => this.button("map").setAttribute("aria-pressed", String(open)));
  }

  refresh() {
    const stack = this.modeler.get("commandStack");
    this.button("undo").disabled = this.simulating || !stack.canUndo();
    this.button("redo").disabled = this.simulating || !stack.canRedo();
    this.button("simulate").setAttribute("aria-pressed", String(Boolean(this.simulating)));
  }

  // The search closes at the next click anywhere, and this click is still on its way.
  find(event) {
    event.stopPropagation();
    this.modeler.get("searchPad").toggle();
  }

  zoom(by) {
    this.canvas.zoom(Math.min(4, Math.max(0.1, this.canvas.zoom() * by)));
  }

  // The whole diagram where that can be read, else the part where it starts.
  begin() {
    this.fit();
    const start = this.modeler.get("elementRegistry").find((element) => element.type === "bpmn:StartEvent");
    if (this.canvas.zoom() >= READABLE || !start) return;
    this.canvas.zoom(READABLE);
    const { width, height } = this.canvas.viewbox();
    this.canvas.viewbox({ x: start.x - (PALETTE + 50) / READABLE, y: start.y - height / 4, width, height });
  }

  // Room at the left for the palette, and a little around.
  fit() {
    this.canvas.zoom("fit-viewport", "auto");
    const { inner, outer } = this.canvas.viewbox();
    const scale = Math.min(1, (outer.width - PALETTE - 20) / inner.width, (outer.height - 40) / inner.height);
    this.canvas.viewbox({ x: inner.x - PALETTE / scale, y: inner.y - 20 / scale, width: outer.width / scale, height: outer.height / scale });
  }

  go(id) {
    const element = this.modeler.get("elementRegistry").get(id);
    if (!element) return;
    if (this.canvas.zoom() < 0.6) this.canvas.zoom(0.8);
    this.canvas.scrollToElement(element, { top: 100, bottom: 100, left: PALETTE + 60, right: 100 });
    this.modeler.get("selection").select(element);
  }

  async picture() {
    const { svg } = await this.modeler.saveSVG();
    download(this.file.replace(/\.bpmn$/, ".svg"), "image/svg+xml", svg);
  }
}

const read = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const begin = async (section) => {
  section.hidden = false;
  const failed = section.querySelector("[data-modeler-failed]");
  try {
    const [catalogue, files] = await Promise.all([read(section.dataset.catalogue), read(section.dataset.files)]);
    await new Desk(section, catalogue).open(files);
  } catch (error) {
    failed.hidden = false;
    failed.append(make("span", { class: "desk-small" }, ` ${error.message}`));
  }
};

document.querySelectorAll("[data-modeler]").forEach(begin);
