// The emulator's control API, the only source of data for this UI.

import { selected } from './address.js';

/** An error response of the emulator. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export async function request(method, path, { query = {}, body } = {}) {
  const url = new URL(`/_emulator${path}`, location.origin);
  const organization = selected('org');
  if (organization !== null) url.searchParams.set('org', organization);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await fetch(url, { method, cache: 'no-store', body: body === undefined ? undefined : JSON.stringify(body) });
  const value = await response.json();
  if (!response.ok) throw new ApiError(response.status, value.message ?? `status ${response.status}`);
  return value;
}
