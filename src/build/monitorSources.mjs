// The text of the monitors' own sources, by path relative to src/, as statements name it. The adapter has it inside, by an
// esbuild plugin (`import sources from 'ringside:monitor-sources'`), for clients that ask for it; VS Code's extension reads
// it from a file.
import fs from 'node:fs';
import path from 'node:path';

const sourceRoot = path.resolve(import.meta.dirname, '..');

export const monitorSources = {
  name: 'monitor-sources',
  setup(build) {
    build.onResolve({ filter: /^ringside:monitor-sources$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'sources',
    }));
    build.onLoad({ filter: /.*/, namespace: 'sources' }, async () => {
      const texts = monitorTexts();
      const watchFiles = Object.keys(texts).map(name => path.join(sourceRoot, name));
      return { contents: JSON.stringify(texts), loader: 'json', watchFiles };
    });
  },
};

export function monitorTexts() {
  const names = fs.readdirSync(path.join(sourceRoot, 'monitor'), { recursive: true });
  const files = names.filter(name => name.endsWith('.ts')).map(name => `monitor/${name.split(path.sep).join('/')}`);
  return Object.fromEntries(files.sort().map(file => [file, fs.readFileSync(path.join(sourceRoot, file), 'utf8')]));
}
