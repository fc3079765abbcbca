// The modules that scripts/build.mjs substitutes for these imports.

declare module "#module-text" {
  /** Base64 of the deflated module. */
  export const encoded: string;
  /** The number of bytes of the module. */
  export const length: number;
}

declare module "#module" {
  export function instantiate(): import("./module-exports.js").ModuleExports;
}

declare module "#glue" {
  type Exports = import("./module-exports.js").ModuleExports;
  export function initSync(from: { module: WebAssembly.Module }): unknown;
  export const accessToken: Exports["accessToken"];
  export const begin: Exports["begin"];
  export const callbackFailed: Exports["callbackFailed"];
  export const cancel: Exports["cancel"];
  export const checkHeader: Exports["checkHeader"];
  export const checkPath: Exports["checkPath"];
  export const checkSandbox: Exports["checkSandbox"];
  export const checkUid: Exports["checkUid"];
  export const checkUrl: Exports["checkUrl"];
  export const close: Exports["close"];
  export const definitionOf: Exports["definitionOf"];
  export const encodeDefinition: Exports["encodeDefinition"];
  export const extra: Exports["extra"];
  export const invalidate: Exports["invalidate"];
  export const invalidBody: Exports["invalidBody"];
  export const limitChange: Exports["limitChange"];
  export const markRejected: Exports["markRejected"];
  export const millis: Exports["millis"];
  export const open: Exports["open"];
  export const redeploy: Exports["redeploy"];
  export const respond: Exports["respond"];
  export const selectService: Exports["selectService"];
  export const sendFailed: Exports["sendFailed"];
  export const step: Exports["step"];
  export const storeEntry: Exports["storeEntry"];
  export const stored: Exports["stored"];
  export const storeKey: Exports["storeKey"];
  export const takeError: Exports["takeError"];
  export const takeProblem: Exports["takeProblem"];
  export const tokenRequestBody: Exports["tokenRequestBody"];
  export const tokenReturned: Exports["tokenReturned"];
  export const validate: Exports["validate"];
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
