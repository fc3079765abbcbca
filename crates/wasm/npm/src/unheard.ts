/** Does something of which nobody hears how it ended: what it throws or rejects with would end a Node.js process. */
export function unheard(work: () => unknown): void {
  // An async function turns what the work throws into a rejection.
  (async () => work())().catch(() => {});
}
