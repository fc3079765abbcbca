// The modules that scripts/build.mjs substitutes for these imports.

declare module "#module-base64" {
  const encoded: string;
  export default encoded;
}

declare module "#glue" {
  export function initSync(from: { module: WebAssembly.Module }): unknown;
  export const open: import("./core.js").CoreExports["open"];
  export const close: import("./core.js").CoreExports["close"];
  export const start: import("./core.js").CoreExports["start"];
  export const resume: import("./core.js").CoreExports["resume"];
  export const cancel: import("./core.js").CoreExports["cancel"];
  export const redeploy: import("./core.js").CoreExports["redeploy"];
  export const validate: import("./core.js").CoreExports["validate"];
  export const definitionOf: import("./core.js").CoreExports["definitionOf"];
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
