// The parts of Node.js that the file store uses. The types of Node.js itself would allow its globals in all other files. The tests
// check the file store with the real types.

declare module "node:crypto" {
  export function randomUUID(): string;
}

declare module "node:fs/promises" {
  interface Status {
    readonly mode: number;
    readonly size: number;
    readonly uid: number;
    isFile(): boolean;
  }
  interface FileHandle {
    close(): Promise<void>;
    readFile(encoding: "utf8"): Promise<string>;
    stat(): Promise<Status>;
  }
  export const constants: Readonly<Record<"O_NOFOLLOW" | "O_NONBLOCK" | "O_RDONLY" | "O_WRONLY", number>>;
  export function link(from: string, to: string): Promise<void>;
  export function mkdir(directory: string, options: { recursive: true; mode: number }): Promise<unknown>;
  export function open(file: string, flags: number): Promise<FileHandle>;
  export function readdir(directory: string): Promise<string[]>;
  export function rename(from: string, to: string): Promise<void>;
  export function rm(file: string, options: { force: true }): Promise<void>;
  export function stat(file: string): Promise<Status>;
  export function writeFile(file: string, text: string, options: { flag: string | number; mode?: number }): Promise<void>;
}

declare module "node:path" {
  const path: {
    join(...parts: string[]): string;
    resolve(path: string): string;
  };
  export default path;
}

declare module "node:process" {
  const process: {
    readonly platform: string;
    geteuid?(): number;
  };
  export default process;
}
