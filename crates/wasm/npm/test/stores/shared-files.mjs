// Tests that the file store and the command `ajo` share their tokens: ajo emulator exec -- node shared-files.mjs AJO PACKAGE.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { env } = process;
const [ajo, packageFolder] = process.argv.slice(2).map((it) => path.resolve(it));
const load = (file) => import(pathToFileURL(path.join(packageFolder, file)));
const { AjoClient } = await load("index.js");
const { createFileStore } = await load("stores/file.js");

const work = mkdtempSync(path.join(tmpdir(), "ajo-stores-"));
try {
  for (const programs of [[runCli, runClient], [runClient, runCli]]) {
    const directory = path.join(work, programs[0].name);
    const before = await countTokens();
    for (const program of [...programs, ...programs]) await program(directory);
    assert.equal((await countTokens()) - before, 1, `${programs[0].name} first`);
  }
  console.log("token stores: the file store shares tokens with ajo");
} finally {
  rmSync(work, { recursive: true, force: true });
}

function runCli(directory) {
  execFileSync(ajo, ["capping", "list"], { env: { ...env, AJO_TOKEN_CACHE: directory }, stdio: ["ignore", "ignore", "inherit"] });
}

async function runClient(directory) {
  const credential = { clientId: env.AJO_CLIENT_ID, clientSecret: env.AJO_CLIENT_SECRET, orgId: env.AJO_ORG_ID, scopes: env.AJO_SCOPES };
  const urls = { baseUrl: env.AJO_BASE_URL, imsUrl: env.AJO_IMS_URL };
  await new AjoClient({ ...credential, ...urls, sandbox: env.AJO_SANDBOX, tokenStore: createFileStore(directory) }).capping.list();
}

async function countTokens() {
  const response = await fetch(`${env.AJO_IMS_URL}/_emulator/calls?operation=token`);
  return (await response.json()).calls.length;
}
