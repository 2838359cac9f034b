import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: { outDir: "../static/app", emptyOutDir: true, chunkSizeWarningLimit: 800 },
});
