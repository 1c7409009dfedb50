// The modeler of the process editor: one script, one style sheet and a font with the signs, under web/static/modeler.
import { join } from "node:path";
import { defineConfig } from "vite";
import { licences } from "./licences.js";

export default defineConfig({
  plugins: [licences()],
  base: "./",
  build: {
    target: "es2022",
    outDir: join(import.meta.dirname, "..", "static", "modeler"),
    emptyOutDir: true,
    // The policy of the pages loads no data: addresses.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: "src/modeler.js",
      output: {
        format: "iife",
        entryFileNames: "modeler.js",
        assetFileNames: (asset) => (asset.names?.[0]?.endsWith(".css") ? "modeler.css" : "[name][extname]"),
      },
    },
  },
});
