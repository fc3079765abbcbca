// For platforms with a global `fetch`: DOM, Node.js, and Cloudflare Workers.
import { createEmulator } from "ajo-limits-emulator";

const emulator = createEmulator();
export const replacement: typeof fetch = emulator.fetch;
globalThis.fetch = emulator.fetch;
const request = new Request(emulator.options.baseUrl, { method: "POST" });
export const responses: Promise<Response>[] = [emulator.fetch(request), emulator.fetch(new URL(request.url)), emulator.fetch("/path", { method: "HEAD" })];
