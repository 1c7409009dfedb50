// One script and one style sheet, with the licences of what is in them, under web/static/diagram.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineConfig } from "vite";

const PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;

// The notices that the licences of the bundled packages ask to be kept.
const licences = () => ({
  name: "licences",
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => Object.keys(chunk.modules ?? {}));
    const folders = new Set(modules.map((id) => PACKAGE.exec(id)?.[1]).filter(Boolean));
    const texts = [...folders].map(notice).sort();
    this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: texts.join("\n") });
  },
});

const notice = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "License"].map((n) => join(folder, n)).find(existsSync);
  const text = file ? readFileSync(file, "utf-8").trim() : "";
  return `${name} ${version} (${license})\n${"=".repeat(60)}\n${text}\n`;
};

export default defineConfig({
  plugins: [licences()],
  build: {
    target: "es2022",
    outDir: join(dirname(import.meta.filename), "..", "static", "diagram"),
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
