import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    outDir: "../static/app",
    emptyOutDir: true,
    chunkSizeWarningLimit: 800,
    // Fonts keep their names: the chat page around the view uses them too.
    rolldownOptions: {
      output: {
        assetFileNames: ({ names }) => (names.some((name) => name.endsWith(".woff2")) ? "assets/[name][extname]" : "assets/[name]-[hash][extname]"),
      },
    },
  },
});
