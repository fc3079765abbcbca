// The variables that programs in the README use without creating them.
declare const ajo: import("ajo-limits").AjoClient;
declare const uid: string;
declare const error: import("ajo-limits").AjoError;
declare const env: { AJO_SANDBOX: string; TOKENS: import("ajo-limits/stores/kv").KvNamespace };
declare const port: { postMessage(message: unknown): void; onmessage: ((event: { data: import("ajo-limits").ErrorJson }) => void) | null };
