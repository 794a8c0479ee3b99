// The disassembler (iced-x86) is half a megabyte of glue around its WebAssembly, which it loads with Node's `fs` from
// beside itself. The bundles for Node share one copy of both. In a browser's worker there is no `fs`: there the bytes
// come with the worker's first message, and the bundle's program starts when they are there. So its users find the
// disassembler ready and synchronous on both sides, and the package holds the WebAssembly once.
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const wasmFile = require.resolve('iced-x86/iced_x86_bg.wasm');
export const icedModule = 'iced_x86';

/** esbuild plugin for bundles in Node: leaves the disassembler out, to be found beside the bundle. */
export const icedFromBeside = {
  name: 'iced-from-beside',
  setup(build) {
    build.onResolve({ filter: /^iced-x86$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${icedModule}.js`, external: true },
    );
  },
};

/** The lines of its loader that need Node, and what stands there in a browser. */
const browserLines = [
  [/^const \{ TextDecoder, TextEncoder \} = require\(`util`\);\n/m, ''],
  [/^const path = require\('path'\).*\nconst bytes = require\('fs'\).*\n/m, 'const bytes = icedWasm;\n'],
];

/** esbuild plugin for bundles in a browser: takes the bytes from the parameter of the wrapper below. */
export const icedFromFirstMessage = {
  name: 'iced-from-first-message',
  setup(build) {
    build.onLoad({ filter: /[\\/]iced_x86\.js$/ }, async ({ path: file }) => {
      let code = await fs.readFile(file, 'utf8');
      for (const [nodeLines, replacement] of browserLines) {
        if (!nodeLines.test(code)) throw new Error(`${nodeLines} is not in ${file}: is this another version?`);
        code = code.replace(nodeLines, replacement);
      }
      return { contents: code, loader: 'js' };
    });
  },
};

/** What stands around such a bundle; the message is `StartWorker` of src/shared/workerMessages.ts. */
export const firstMessageWrapper = {
  banner: `addEventListener('message', event => { 'use strict'; const { icedWasm } = event.data;`,
  footer: `}, { once: true });`,
};
