// Named imports, so that a bundler drops the rest of the glue, which fetches a module.
import {
  accessToken,
  begin,
  callbackFailed,
  cancel,
  checkHeader,
  checkUid,
  close,
  definitionOf,
  encodeDefinition,
  extra,
  initSync,
  invalidate,
  invalidBody,
  markRejected,
  millis,
  open,
  redeploy,
  respond,
  sendFailed,
  step,
  storeEntry,
  stored,
  storeKey,
  takeError,
  takeProblem,
  tokenRequestBody,
  tokenReturned,
  validate,
} from "#glue";
import { loadModule } from "./load-module.js";
import type { ModuleExports } from "./module-exports.js";

/** Creates an instance of the module. */
export function instantiate(): ModuleExports {
  // The glue has one global instance, and this replaces it.
  initSync({ module: loadModule() });
  return {
    accessToken,
    begin,
    callbackFailed,
    cancel,
    checkHeader,
    checkUid,
    close,
    definitionOf,
    encodeDefinition,
    extra,
    invalidate,
    invalidBody,
    markRejected,
    millis,
    open,
    redeploy,
    respond,
    sendFailed,
    step,
    storeEntry,
    stored,
    storeKey,
    takeError,
    takeProblem,
    tokenRequestBody,
    tokenReturned,
    validate,
  };
}
