// What the entry points with the client share.
export { withLoader } from "../load-module.js";
export * from "../slim.js";
