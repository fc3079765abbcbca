/** Runs `work` without waiting for it, and ignores exceptions and rejections. An unhandled rejection would end a Node.js process. */
export function ignoreErrors(work: () => unknown): void {
  // An async function turns an exception into a rejection.
  (async () => work())().catch(() => {});
}
