import { randomUUID } from "node:crypto";
import { constants, link, mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import type { TokenStore } from "./token-store.js";

/** Maximum size of a file (our limit). A token has about 2 KB. */
const MAX_BYTES = 64 * 1024;

/**
 * A token store in a directory, for the processes of one user on one machine: `createFileStore("/var/lib/limits/tokens")`. The
 * directory is created with mode 0700, its files have mode 0600.
 *
 * A file that other users can access, a directory in which they can write, and anything that belongs to another user are errors. Windows has no such modes: there the files
 * inherit the permissions of the directory.
 *
 * The files of tokens have the format of the command `ajo` and of the Rust crate, so they can share a directory. Their locks are
 * different: Node.js cannot use the locks of the operating system.
 */
export function createFileStore(directory: string): TokenStore {
  if (typeof directory !== "string" || directory === "") throw new TypeError("createFileStore needs the path of a directory, a string");
  const root = path.resolve(directory);
  const pathOf = (key: string) => path.join(root, `${key}.json`);
  return {
    async get(key) {
      const value = await readPrivateFile(pathOf(key));
      if (value !== undefined) await checkDirectory(root);
      return value;
    },
    async set(key, value) {
      await prepareDirectory(root);
      await writeFileAs(root, value, (temporary) => rename(temporary, pathOf(key)));
    },
    async lock(key, leaseSeconds) {
      await prepareDirectory(root);
      return lockNext(root, `${key}.lock-`, leaseSeconds);
    },
  };
}

/**
 * Each holder of a lock creates the file with the next number, which contains the start and the end of its lease. The file with the
 * highest number counts. It is never deleted, so no process can mistake the lock of another holder for the one that it saw expire.
 */
async function lockNext(root: string, prefix: string, leaseSeconds: number) {
  const latest = Math.max(0, ...(await lockNumbers(root, prefix)));
  if (latest > 0 && (await isHeld(path.join(root, prefix + latest)))) return undefined;
  const number = latest + 1;
  const file = path.join(root, prefix + number);
  const now = Date.now();
  try {
    await writeFileAs(root, `${now} ${now + leaseSeconds * 1000}\n`, (temporary) => link(temporary, file));
  } catch (error) {
    if (hasCode(error, "EEXIST")) return undefined;
    throw error;
  }
  const numbers = await lockNumbers(root, prefix);
  // This process was so slow that others took and deleted the number in the meantime.
  const outdated = numbers.some((other) => other > number) ? [number] : numbers.filter((other) => other < latest);
  await Promise.all(outdated.map((other) => rm(path.join(root, prefix + other), { force: true })));
  return outdated.includes(number) ? undefined : () => endLease(file);
}

async function lockNumbers(root: string, prefix: string): Promise<number[]> {
  const names = (await readdir(root)).filter((name) => name.startsWith(prefix));
  return names.map((name) => Number(name.slice(prefix.length))).filter(Number.isSafeInteger);
}

/** A lease that starts in the future is over: the clock was set back. */
async function isHeld(file: string): Promise<boolean> {
  const [start, end] = ((await readPrivateFile(file)) ?? "").split(" ").map(Number);
  const now = Date.now();
  return start! <= now && now < end!;
}

/** Overwrites the start of the file. If the lease has expired and others have deleted the file, there is nothing to end. */
async function endLease(file: string): Promise<void> {
  try {
    await writeFile(file, "0 0 ", { flag: constants.O_WRONLY | constants.O_NOFOLLOW });
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
  }
}

/** Writes a temporary file, and lets `place` give it its name, so that readers never see an incomplete file. */
async function writeFileAs(root: string, text: string, place: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = path.join(root, `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, text, { flag: "wx", mode: 0o600 });
    await place(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** `undefined` if there is no such file. Neither follows a link nor waits for the other end of a pipe. */
async function readPrivateFile(file: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file, flags).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new Error(`${file} is not a regular file`);
    checkOwner(file, status.uid);
    if (process.platform !== "win32" && (status.mode & 0o077) !== 0) throw new Error(`other users can access ${file}: its mode is ${octal(status.mode)}, not 600`);
    if (status.size > MAX_BYTES) throw new Error(`${file} has more than ${MAX_BYTES} bytes`);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

async function prepareDirectory(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  await checkDirectory(root);
}

/** Other users must not be able to replace files. The sticky bit, as in `/tmp`, prevents that too. */
async function checkDirectory(root: string): Promise<void> {
  const { uid, mode } = await stat(root);
  checkOwner(root, uid);
  if (process.platform !== "win32" && (mode & 0o022) !== 0 && (mode & 0o1000) === 0) throw new Error(`other users can write to ${root}: its mode is ${octal(mode)}`);
}

/** Root can read every file anyway, so its files are as private as the user's own. */
function checkOwner(file: string, uid: number): void {
  const user = process.geteuid?.();
  if (user !== undefined && uid !== 0 && uid !== user) throw new Error(`${file} belongs to another user (uid ${uid})`);
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8);
}

function hasCode(error: unknown, code: string): boolean {
  return (error as { code?: unknown } | null)?.code === code;
}

export type { TokenStore };
