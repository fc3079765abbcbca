// The emulator's control API, the only source of data for this UI.

let organization = new URLSearchParams(location.search).get('org');

export const selectedOrganization = () => organization;

/** Uses this organization for all requests, and stores it in the address. */
export function selectOrganization(id) {
  organization = id;
  if (id === null) return;
  const address = new URL(location.href);
  address.searchParams.set('org', id);
  history.replaceState(null, '', address);
}

/** An error response of the emulator. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function request(method, path, { query = {}, body } = {}) {
  const url = new URL(`/_emulator${path}`, location.origin);
  if (organization !== null) url.searchParams.set('org', organization);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await fetch(url, { method, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body) });
  const value = await response.json();
  if (!response.ok) throw new ApiError(response.status, value.message ?? `status ${response.status}`);
  return value;
}
