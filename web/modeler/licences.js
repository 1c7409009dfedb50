// The notices that the licences of the bundled packages ask to be kept: LICENSES.txt beside the bundle.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const PACKAGE = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;

export const licences = () => {
  const used = new Set();
  return {
    name: "licences",
    // Style sheets are modules too, but leave no trace in the bundle.
    load(id) { used.add(id.split("?")[0]); },
    generateBundle() {
      const folders = new Set([...used].map((id) => PACKAGE.exec(id)?.[1]).filter(Boolean));
      const texts = [...folders].map(notice).sort();
      this.emitFile({ type: "asset", fileName: "LICENSES.txt", source: texts.join("\n") });
    },
  };
};

const notice = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf-8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "License"].map((n) => join(folder, n)).find(existsSync);
  const text = file ? readFileSync(file, "utf-8").trim() : "";
  return `${name} ${version} (${license})\n${"=".repeat(60)}\n${text}\n`;
};
