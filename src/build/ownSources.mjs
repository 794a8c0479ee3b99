// The text of the sources that the debugger stops in and that are not the user's: the monitors', by path relative to src/ as
// statements name it, and the BIOS's. The adapter has it inside, by an esbuild plugin (`import texts from 'ringside:own-sources'`),
// for clients that ask for it; VS Code's extension reads it from a file.
import fs from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Folders, and where they lie. */
const folders = { firmware: 'media', monitor: 'src' };

const placeOf = file => path.join(root, folders[file.split('/')[0]], file);

export const ownSources = {
  name: 'own-sources',
  setup(build) {
    build.onResolve({ filter: /^ringside:own-sources$/ }, ({ path: name }) => ({ path: name, namespace: 'sources' }));
    build.onLoad({ filter: /.*/, namespace: 'sources' }, async () => {
      const texts = ownTexts();
      return { contents: JSON.stringify(texts), loader: 'json', watchFiles: Object.keys(texts).map(placeOf) };
    });
  },
};

export function ownTexts() {
  const files = Object.entries(folders).flatMap(([folder, place]) =>
    fs
      .readdirSync(path.join(root, place, folder), { recursive: true })
      .filter(name => /\.(ts|asm|inc)$/.test(name))
      .map(name => `${folder}/${name.split(path.sep).join('/')}`),
  );
  return Object.fromEntries(files.sort().map(file => [file, fs.readFileSync(placeOf(file), 'utf8')]));
}
