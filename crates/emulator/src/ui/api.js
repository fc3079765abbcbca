// The control API of the emulator, which is all that this page knows.

let organization = new URLSearchParams(location.search).get('org');

export const chosen = () => organization;

/** All that is asked from now on is about this organization; the address keeps it. */
export function choose(id) {
  organization = id;
  if (id === null) return;
  const address = new URL(location.href);
  address.searchParams.set('org', id);
  history.replaceState(null, '', address);
}

/** What went wrong, as the emulator says it. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function ask(method, path, { query = {}, body } = {}) {
  const url = new URL(`/_emulator${path}`, location.origin);
  if (organization !== null) url.searchParams.set('org', organization);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const answer = await fetch(url, { method, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body) });
  const value = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, value.message ?? `status ${answer.status}`);
  return value;
}
