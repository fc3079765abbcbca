// The modules that scripts/build.mjs substitutes for these imports.

declare module "#glue" {
  export function initSync(from: { module: WebAssembly.Module }): unknown;
  export function __wbg_reset_state(): void;
  export function create(settings: string): string;
  export function handle(id: number, method: string, path: string, headers: string, body: Uint8Array, nowMs: number): string;
  export function take_body(): Uint8Array;
  export function close(id: number): void;
}

declare module "#module-text" {
  /** Base64 of the deflated module. */
  export const encoded: string;
  /** The number of bytes of the module. */
  export const length: number;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
