// Tests `instanceof` between all files that have the error classes, in two copies of the package. "Two copies" because a program can
// have several versions of it, or an ES module and a CommonJS build.
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { MessageChannel } from "node:worker_threads";

const require = createRequire(import.meta.url);
const installed = path.dirname(require.resolve("ajo-limits/package.json"));

/** Every script of the package by name, loaded from a copy in FOLDER. */
async function load(folder) {
  cpSync(installed, folder, { recursive: true });
  writeFileSync(path.join(folder, "module.js"), "export default undefined;\n");
  const scripts = readdirSync(installed).filter((name) => /\.c?js$/.test(name));
  const entries = [];
  for (const name of scripts) {
    const file = path.resolve(folder, name);
    // Node.js 20 cannot import WebAssembly.
    writeFileSync(file, readFileSync(file, "utf8").replace(/"\.\/core\.wasm(\?module)?"/, '"./module.js"'));
  }
  for (const name of scripts) {
    const file = path.resolve(folder, name);
    entries.push([`${folder}/${name}`, name.endsWith(".cjs") ? require(file) : await import(file)]);
  }
  return entries;
}

const entries = [...(await load("one")), ...(await load("two"))].filter(([, { AjoError }]) => AjoError);
const names = Object.keys(require("ajo-limits/errors")).filter((name) => name.startsWith("Ajo"));

test("instanceof works between each pair of entry points", () => {
  for (const name of ["index.js", "index.cjs", "slim.js", "slim.cjs", "workerd.js", "edge-light.js", "errors.js", "errors.cjs"]) {
    for (const folder of ["one", "two"]) assert.ok(entries.some(([it]) => it === `${folder}/${name}`), `${folder}/${name}`);
  }
  // ES modules share their classes, and so do CommonJS modules. Otherwise every check would pass.
  assert.ok(new Set(entries.map(([, { AjoError }]) => AjoError)).size >= 4);
  assert.equal(names.length, 10);
  let checks = 0;
  for (const [creator, created] of entries) {
    for (const name of names.filter((it) => created[it])) {
      const error = new created[name]("m", { code: "c" });
      for (const [checker, checked] of entries) {
        for (const other of names.filter((it) => checked[it])) {
          const expected = other === name || other === "AjoError";
          assert.equal(error instanceof checked[other], expected, `${name} of ${creator}, ${other} of ${checker}`);
          checks += 1;
        }
      }
    }
  }
  assert.ok(checks > 16 * 16 * 50, `${checks} checks`);
});

test("a minified class has its name", () => {
  for (const [entry, module] of entries) {
    for (const name of names.filter((it) => module[it])) {
      const error = new module[name]("m", { code: "c", body: "private" });
      assert.deepEqual([module[name].name, error.name], [name, name], entry);
      assert.match(inspect(error), new RegExp(`^${name}: m\n`), entry);
      assert.doesNotMatch(inspect(error, { depth: 9 }), /private/);
    }
  }
});

test("an error of the client survives JSON and postMessage", async () => {
  const { AjoClient, AjoHttpError } = require("ajo-limits");
  const { errorFromJson } = await import("ajo-limits/errors");
  const fetch = async () => Response.json({ error: { code: "1451", message: "Cannot delete" } }, { status: 400, headers: { "x-request-id": "r1" } });
  const options = { accessToken: "token-0123456789", clientId: "c", orgId: "0123456789ABCDEF01234567@AdobeOrg", sandbox: "prod" };
  const error = await new AjoClient({ ...options, fetch }).capping.list().catch((it) => it);
  assert.ok(error instanceof AjoHttpError && error.body.includes("Cannot delete"), inspect(error));
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(error.toJSON());
  const received = await new Promise((resolve) => port2.once("message", resolve));
  port1.close();
  for (const json of [received, JSON.parse(JSON.stringify(error))]) {
    const back = errorFromJson(json);
    assert.ok(back instanceof AjoHttpError);
    assert.deepEqual({ ...back, message: back.message }, { ...error, message: error.message });
    assert.ok(!("body" in back));
  }
});
