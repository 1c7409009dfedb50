// The viewer of a case's diagrams: one script and one style sheet under web/static/diagram.
import { join } from "node:path";
import { defineConfig } from "vite";
import { licences } from "./licences.js";

export default defineConfig({
  plugins: [licences()],
  build: {
    target: "es2022",
    outDir: join(import.meta.dirname, "..", "static", "diagram"),
    emptyOutDir: true,
    lib: {
      entry: "src/viewer.js",
      formats: ["iife"],
      name: "DeskDiagram",
      fileName: () => "viewer.js",
      cssFileName: "viewer",
    },
  },
});
