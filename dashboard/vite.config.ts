// How the page is built: four files of fixed names, which the node embeds.
// `npm run dev` serves the sources and hands everything else to a node.
import { defineConfig } from "vite";

const node = process.env["HOLDFAST_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "./",
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      output: {
        entryFileNames: "app.js",
        assetFileNames: "app[extname]",
      },
    },
  },
  server: { host: "127.0.0.1", proxy: { "/v1": { target: node, changeOrigin: true } } },
});
