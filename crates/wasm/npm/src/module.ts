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
  limitChange,
  markRejected,
  millis,
  open,
  redeploy,
  respond,
  selectService,
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
import type { ModuleExports } from "./module-exports.js";
import { wasm } from "./wasm-instance.js";

/**
 * Sets the source of the compiled module. `load` is called once, when the module is first used. A later call replaces the module for
 * the next instance, which is created after a trap.
 */
export function provideModule(load: () => WebAssembly.Module): void {
  let module: WebAssembly.Module | undefined;
  wasm.setInstantiate((): ModuleExports => {
    // The glue has one global instance, and this replaces it.
    initSync({ module: (module ??= load()) });
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
      limitChange,
      markRejected,
      millis,
      open,
      redeploy,
      respond,
      selectService,
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
  });
}
