// An esbuild plugin that puts the text of the monitors' own sources into the adapter, which shows them while it stands
// in a monitor: `import sources from 'ringside:monitor-sources'` yields text by path relative to src/, as stages name it.
import fs from 'node:fs/promises';
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
      const folder = path.join(sourceRoot, 'monitor');
      const names = (await fs.readdir(folder, { recursive: true })).filter(name => name.endsWith('.ts')).sort();
      const files = names.map(name => path.join(folder, name));
      const texts = await Promise.all(files.map(file => fs.readFile(file, 'utf8')));
      const byPath = files.map((file, index) => [pathBelowSource(file), texts[index]]);
      return { contents: JSON.stringify(Object.fromEntries(byPath)), loader: 'json', watchFiles: files };
    });
  },
};

const pathBelowSource = file => path.relative(sourceRoot, file).split(path.sep).join('/');
