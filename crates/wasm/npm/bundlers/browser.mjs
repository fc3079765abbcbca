// Starts headless Chromium, without its background traffic.
import { requireFrom } from "./project.mjs";

/** Debian's path, unless AJO_CHROMIUM names another. */
export const CHROMIUM = process.env.AJO_CHROMIUM ?? "/usr/bin/chromium";

export function startBrowser(work) {
  return requireFrom("playwright-core", work).chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // The suites measure memory.
      "--js-flags=--expose-gc",
      "--enable-precise-memory-info",
    ],
  });
}
