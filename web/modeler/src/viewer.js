// Draws the diagrams of a case, read-only, with what is done and what is open marked.
// The page stands without it: the same stands there as a list. Everything shown was chosen by the server.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./viewer.css";

// Each mark with its sign and its words; a page with other marks brings its own.
const SIGNS = { done: ["✓", "Done"], now: ["●", "Now"] };
const READABLE = 0.55;
const STEP = 60;

class Diagram {
  constructor(section) {
    this.section = section;
    this.marks = JSON.parse(section.dataset.marks);
    this.signs = section.dataset.signs ? JSON.parse(section.dataset.signs) : SIGNS;
    this.canvasElement = section.querySelector("[data-diagram-canvas]");
    this.status = section.querySelector("[data-diagram-status]");
    // The wheel goes on moving the page; zooming has buttons and keys.
    // Every change of the view is told at once, so that two drawings side by side move as one.
    this.viewer = new NavigatedViewer({
      container: this.canvasElement, zoomScroll: { enabled: false }, canvas: { deferUpdate: false },
    });
    this.drawn = false;
    this.beside = null;
    this.canvas = this.viewer.get("canvas");
    this.overlays = this.viewer.get("overlays");
    this.listen();
  }

  listen() {
    this.section.querySelectorAll("[data-diagram-open]").forEach((button) => {
      button.addEventListener("click", () => this.show(button));
    });
    this.section.querySelectorAll("[data-diagram-zoom]").forEach((button) => {
      button.addEventListener("click", () => this.zoom(button.dataset.diagramZoom));
    });
    this.canvasElement.addEventListener("keydown", (event) => this.key(event));
  }

  async show(button) {
    this.section.querySelectorAll("[data-diagram-open]").forEach((other) => {
      other.setAttribute("aria-pressed", String(other === button));
    });
    this.canvasElement.setAttribute("aria-label", button.dataset.label);
    try {
      const answer = await fetch(button.dataset.diagramOpen, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      await this.viewer.importXML(await answer.text());
    } catch {
      this.status.textContent = "The diagram could not be drawn. The list of steps says the same.";
      return;
    }
    this.status.textContent = "";
    this.mark();
    if (this.beside?.leads()) this.follow(this.beside.other.canvas.viewbox());
    else this.begin();
    this.drawn = true;
  }

  // The same place in the same size.
  follow({ x, y, scale }) {
    const { width, height } = this.canvas.viewbox().outer;
    this.canvas.viewbox({ x, y, width: width / scale, height: height / scale });
  }

  mark() {
    const registry = this.viewer.get("elementRegistry");
    Object.entries(this.marks).forEach(([id, state]) => {
      if (!registry.get(id)) return;
      this.canvas.addMarker(id, `desk-${state}`);
      const sign = document.createElement("span");
      sign.className = `desk-sign desk-sign--${state}`;
      [sign.textContent, sign.title] = this.signs[state];
      this.overlays.add(id, { position: { top: -10, left: -10 }, html: sign });
    });
  }

  // The whole diagram where that can be read, else where the page says, else the part where the case stands.
  begin() {
    this.fit();
    if (this.canvas.zoom() >= READABLE) return;
    const registry = this.viewer.get("elementRegistry");
    const begins = JSON.parse(this.section.dataset.begin ?? "[]").find((id) => registry.get(id));
    const now = begins ?? ["now", "done", "changed", "added", "removed"].map((state) => this.first(state)).find(Boolean);
    this.canvas.zoom(READABLE);
    if (now) this.goTo(registry.get(now));
  }

  // Where an element begins, since some are wider than a phone.
  goTo(element) {
    const { width, height } = this.canvas.viewbox();
    const place = element.waypoints?.[0] ?? { x: element.x, y: element.y + element.height / 2 };
    const x = place.x - Math.min(150, width / 4);
    this.canvas.viewbox({ x, y: place.y - height / 2, width, height });
  }

  first(state) {
    const registry = this.viewer.get("elementRegistry");
    const found = Object.keys(this.marks).filter((id) => this.marks[id] === state && registry.get(id));
    return found[found.length - 1];
  }

  // A little room around, so that the watermark covers nothing and the edge of the pool is seen.
  fit() {
    this.canvas.zoom("fit-viewport", "auto");
    this.canvas.zoom(this.canvas.zoom() * 0.95, "auto");
  }

  zoom(how) {
    if (how === "fit") this.fit();
    else this.canvas.zoom(Math.min(4, Math.max(0.1, this.canvas.zoom() * (how === "in" ? 1.25 : 0.8))));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
    const zooms = { "+": "in", "=": "in", "-": "out", 0: "fit" };
    if (event.key in moves) {
      const [dx, dy] = moves[event.key];
      this.canvas.scroll({ dx, dy });
    } else if (event.key in zooms) this.zoom(zooms[event.key]);
    else return;
    event.preventDefault();
  }
}

// Two drawings side by side: what is done to the one is done to the other, as long as the button says so.
class Together {
  constructor(button, pair) {
    this.button = button;
    this.moving = false;
    pair.forEach((diagram, place) => {
      const other = pair[1 - place];
      diagram.beside = { other, leads: () => this.on && other.drawn };
      diagram.viewer.on("canvas.viewbox.changed", () => this.move(diagram, other));
    });
    button.hidden = false;
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(!this.on));
      this.move(...pair);
    });
  }

  get on() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  move(diagram, other) {
    if (!this.on || this.moving || !diagram.drawn || !other.drawn) return;
    this.moving = true;
    other.follow(diagram.canvas.viewbox());
    this.moving = false;
  }
}

const diagrams = [...document.querySelectorAll("[data-diagram]")].map((section) => {
  section.hidden = false;
  const diagram = new Diagram(section);
  const first = section.querySelector("[data-diagram-open][aria-pressed='true']");
  // Drawn when it comes into view: most visits to a case are about its tasks.
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    diagram.show(first);
  });
  watch.observe(section);
  return diagram;
});
const together = document.querySelector("[data-diagrams-together]");
if (together) new Together(together, diagrams);
