import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { AjoClient } from "../src/client.js";
import { AjoValidationError } from "../src/errors.js";
import { SECRET, TOKEN, useModule } from "./support.js";

const CREDENTIAL = { AJO_CLIENT_ID: "id", AJO_CLIENT_SECRET: SECRET, AJO_ORG_ID: "org", AJO_SCOPES: "a,b" };
const FILE = JSON.stringify({ CLIENT_ID: "from-the-file", CLIENT_SECRETS: [SECRET], ORG_ID: "org", SCOPES: ["openid"] });

/** The options that the module gets. */
function opened(env: object, options?: object): any {
  const module = useModule();
  AjoClient.fromEnv(env, options);
  const { tokenStore, storeLocks, accessToken, ...rest } = module.opened[0] as any;
  return { ...rest, ...(accessToken && { accessToken }) };
}

function failure(env: any, options?: any): any {
  useModule();
  try {
    AjoClient.fromEnv(env, options);
  } catch (error) {
    return error;
  }
  throw new Error("there is a client");
}

test("the variables of a credential reach the module", () => {
  const env = { ...CREDENTIAL, AJO_SANDBOX: " prod\n", AJO_BASE_URL: "https://b.test", AJO_IMS_URL: "", PATH: "/bin", AJO_CREDENTIAL_NAME: "" };
  assert.deepEqual(opened(env), { sandbox: "prod", baseUrl: "https://b.test", variables: CREDENTIAL });
  const adobe = { IMS_OAUTH_S2S_CLIENT_ID: "id", IMS_OAUTH_S2S_SCOPES: '["a"]' };
  assert.deepEqual(opened({ ...adobe, AJO_SANDBOX: "prod" }).variables, adobe);
});

test("process.env is the default", () => {
  useModule();
  const before = { ...process.env };
  Object.assign(process.env, CREDENTIAL, { AJO_SANDBOX: "prod" });
  try {
    assert.ok(AjoClient.fromEnv() instanceof AjoClient);
  } finally {
    process.env = before;
  }
});

test("bindings of a Worker are ignored", () => {
  const env = { ...CREDENTIAL, AJO_SANDBOX: "prod", AJO_BASE_URL: { fetch() {} }, AJO_CREDENTIALS: { get() {} }, AJO_ACCESS_TOKEN: 5 };
  assert.deepEqual(opened(env), { sandbox: "prod", variables: CREDENTIAL });
});

test("white space of variables is that of Rust", () => {
  const sandbox = (value: string): unknown => opened({ ...CREDENTIAL, AJO_SANDBOX: value }).sandbox;
  for (const value of [" prod\n", "\u0085\u3000prod\u2028", "prod"]) assert.equal(sandbox(value), "prod");
  // The module rejects it.
  assert.equal(sandbox("prod\ufeff"), "prod\ufeff");
});

test("options take precedence over variables", () => {
  const env = { ...CREDENTIAL, AJO_SANDBOX: "prod", AJO_BASE_URL: "https://b.test" };
  assert.deepEqual(opened(env, { sandbox: "dev", timeoutMs: 5 }), { sandbox: "dev", baseUrl: "https://b.test", variables: CREDENTIAL });
  assert.equal(opened(CREDENTIAL, { sandbox: "dev" }).sandbox, "dev");
});

test("a credential file is JSON, Base64, or a path", () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "ajo-env-")), "credential.json");
  writeFileSync(file, FILE);
  const base64 = Buffer.from(FILE).toString("base64").replace(/.{60}/g, "$&\n");
  for (const AJO_CREDENTIALS of [FILE, `\ufeff ${FILE}\n`, base64, file]) {
    const { credentials, credentialName, variables } = opened({ AJO_CREDENTIALS, AJO_CREDENTIAL_NAME: "n", AJO_CLIENT_ID: "id", AJO_SANDBOX: "prod" });
    assert.deepEqual([credentials.trim(), credentialName, variables], [FILE, "n", { AJO_CLIENT_ID: "id" }]);
  }
});

test("an access token overrides a credential", () => {
  const env = { ...CREDENTIAL, AJO_ACCESS_TOKEN: TOKEN, AJO_SANDBOX: "prod", AJO_CREDENTIALS: FILE };
  assert.deepEqual(opened(env), { sandbox: "prod", clientId: "id", orgId: "org", accessToken: TOKEN });
});

test("errors name the variable, never its value", () => {
  for (const [env, message, options] of [
    [CREDENTIAL, "AJO_SANDBOX is not set"],
    [{ AJO_SANDBOX: "prod", AJO_ACCESS_TOKEN: TOKEN, AJO_CLIENT_ID: "id" }, "AJO_ORG_ID is not set; AJO_ACCESS_TOKEN needs it"],
    [{ AJO_SANDBOX: "prod", AJO_CREDENTIALS: `${SECRET}.json` }, "AJO_CREDENTIALS is neither JSON nor a readable file (ENOENT)"],
    [{ ...CREDENTIAL, AJO_SANDBOX: "prod", AJO_LOG: SECRET }, "AJO_LOG must be one of off, error, warn, info, debug"],
    [{ ...CREDENTIAL, AJO_SANDBOX: "prod" }, "`clientSecret` comes from a variable; pass it to the constructor instead", { clientSecret: SECRET }],
    [{ ...CREDENTIAL, AJO_SANDBOX: "prod" }, "unknown option `timeout`; expected one of", { timeout: 5 }],
    [null, "this runtime has no process.env; pass the variables"],
  ] as [any, string, any][]) {
    const error = failure(env, options);
    assert.ok(error instanceof AjoValidationError);
    assert.ok(error.message.startsWith(`AjoClient.fromEnv: ${message}`), error.message);
    assert.equal(error.code, "CONFIG");
    assert.ok(!JSON.stringify([error.message, error.hint, error.cause]).includes(SECRET), error.message);
  }
});
