// Chromium without a window, of which nothing goes out.
import { tool } from "./project.mjs";

/** Debian's, unless the environment names another. */
export const CHROMIUM = process.env.AJO_CHROMIUM ?? "/usr/bin/chromium";

export function startBrowser(work) {
  return tool("playwright-core", work).chromium.launch({
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
      // For what the suites measure.
      "--js-flags=--expose-gc",
      "--enable-precise-memory-info",
    ],
  });
}
