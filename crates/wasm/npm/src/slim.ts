// The entry point for programs that provide the WebAssembly module themselves.
export * from "./index.js";
export { setModule } from "./load-module.js";
