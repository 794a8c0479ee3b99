// How long the extension takes to load and activate, by itself: the editor's API is a stub that accepts everything.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { NotMeasured } from './notMeasured';

const extension = path.resolve('dist/extension.js');

/**
 * Prints the milliseconds. Any member of the stub is a function, a class and an object like it; the module has it as its
 * prototype, because bundles copy a module's own members and keep its prototype.
 */
const script = `
const Module = require('node:module');
const stub = new Proxy(function () {}, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => '' : name === Symbol.iterator ? () => [][Symbol.iterator]() : stub),
  apply: () => stub,
  construct: () => stub,
});
const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? Object.create(stub) : load(name, ...rest));
const context = {
  subscriptions: [],
  extensionPath: process.cwd(),
  extensionUri: stub,
  extension: { packageJSON: JSON.parse(require('node:fs').readFileSync('package.json', 'utf8')) },
};
const start = performance.now();
require(process.argv[1]).activate(context);
console.log(performance.now() - start);
process.exit();
`;

export function activationMs(): Promise<number> {
  if (!fs.existsSync(extension)) throw new NotMeasured('dist/extension.js is missing: run npm run build');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['-e', script, extension], (error, stdout, stderr) => {
      const reason = stderr.split('\n').find(line => /^\w*Error:/.test(line)) ?? error?.message;
      if (error) reject(new NotMeasured(`the extension does not activate: ${reason}`));
      else resolve(Number(stdout));
    });
  });
}
