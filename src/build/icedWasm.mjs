// The disassembler (iced-x86) loads its WebAssembly with Node's `fs`, from beside the bundle. In a browser's worker
// there is no `fs`, so there the bytes come with the worker's first message, and the bundle's program starts when they
// are there: its users find the disassembler ready and synchronous on both sides, and the package holds one copy of it.
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const wasmFile = require.resolve('iced-x86/iced_x86_bg.wasm');

const loadsWithFs = /const path = require\('path'\)[^\n]*\nconst bytes = require\('fs'\)[^\n]*\n/;

/** esbuild plugin for bundles without Node: takes the bytes from the parameter of the wrapper below. */
export const icedFromFirstMessage = {
  name: 'iced-from-first-message',
  setup(build) {
    build.onLoad({ filter: /[\\/]iced_x86\.js$/ }, async ({ path: file }) => {
      const code = await fs.readFile(file, 'utf8');
      if (!loadsWithFs.test(code)) throw new Error(`${file} no longer ends as expected; look at its last lines`);
      return { contents: code.replace(loadsWithFs, 'const bytes = icedWasm;\n'), loader: 'js' };
    });
  },
};

/** What stands around such a bundle; the message is `StartWorker` of src/shared/workerMessages.ts. */
export const firstMessageWrapper = {
  banner: `addEventListener('message', ({ data: { icedWasm } }) => {`,
  footer: `}, { once: true });`,
};
