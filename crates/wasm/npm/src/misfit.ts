/** `fetch` gave something that cannot be used as a response: a mistake in a mock or a wrapper, which does not pass by itself. */
export class Misfit extends TypeError {}
