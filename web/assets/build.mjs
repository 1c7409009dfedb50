// Compiles desk.scss, copies what it names, and lays the vendored scripts beside it, all under web/static.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const uswds = join(modules, "@uswds", "uswds");
const out = join(here, "..", "static");

const compiled = sass.compile(join(here, "desk.scss"), {
  style: "compressed",
  loadPaths: [here, join(uswds, "packages")],
  logger: sass.Logger.silent,
});
// Nothing on the pages is set in italics, so those faces stay away.
const css = compiled.css.replace(/@font-face\{[^}]*font-style:italic[^}]*\}/g, "");

// Only the folders that this script fills are emptied; the scripts written by hand stay.
for (const folder of ["css", "fonts", "img", "vendor"]) {
  rmSync(join(out, folder), { recursive: true, force: true });
  mkdirSync(join(out, folder), { recursive: true });
}

const named = (folder) =>
  [...new Set([...css.matchAll(new RegExp(`url\\(["']?\\.\\./${folder}/([^"')?#]+)`, "g"))].map((m) => m[1]))];
for (const folder of ["fonts", "img"]) {
  for (const file of named(folder)) {
    mkdirSync(dirname(join(out, folder, file)), { recursive: true });
    copyFileSync(join(uswds, "dist", folder, file), join(out, folder, file));
  }
}
writeFileSync(join(out, "css", "desk.css"), css.trimEnd() + "\n");
copyFileSync(join(modules, "htmx.org", "dist", "htmx.min.js"), join(out, "vendor", "htmx.min.js"));
copyFileSync(join(uswds, "LICENSE.md"), join(out, "vendor", "uswds-LICENSE.md"));
copyFileSync(join(modules, "htmx.org", "LICENSE"), join(out, "vendor", "htmx-LICENSE"));
console.log(`desk.css ${readFileSync(join(out, "css", "desk.css")).length} bytes`);
