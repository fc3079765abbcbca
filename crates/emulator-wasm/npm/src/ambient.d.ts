// The modules that the build substitutes for these names.

declare module "#emulator-glue" {
  export function initSync(from: { module: WebAssembly.Module }): unknown;
  export function __wbg_reset_state(): void;
  export function create(settings: string): string;
  export function handle(id: number, method: string, path: string, headers: string, body: Uint8Array, nowMs: number): string;
  export function take_body(): Uint8Array;
  export function close(id: number): void;
}

declare module "#emulator-base64" {
  const encoded: string;
  export default encoded;
}
