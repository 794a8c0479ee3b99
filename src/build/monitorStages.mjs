// An esbuild plugin that tells every monitor stage where in its own source it stands, so that the debugger can
// show that line: `yield stage(…)` becomes `yield stage.at("monitor/file.ts", line)(…)`. Lines keep their numbers.
import fs from 'node:fs/promises';
import path from 'node:path';

const sourceRoot = path.resolve(import.meta.dirname, '..');

export const monitorStages = {
  name: 'monitor-stages',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/]monitor[\\/].*\.ts$/ }, async ({ path: file }) => {
      const name = path.relative(sourceRoot, file).split(path.sep).join('/');
      const lines = (await fs.readFile(file, 'utf8')).split('\n');
      const located = lines.map((line, index) =>
        line.replace(/\byield stage\(/, `yield stage.at(${JSON.stringify(name)}, ${index + 1})(`),
      );
      return { contents: located.join('\n'), loader: 'ts' };
    });
  },
};
