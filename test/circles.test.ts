// Files that import each other in a circle cannot be read, or tested, one without the other. These folders have none.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

const folders = ['adapter', 'cli', 'editor', 'debug/expressions', 'shared'];

/** The files that `file` imports, types included, as paths without ending. */
function importsOf(file: string): string[] {
  const text = fs.readFileSync(file, 'utf8');
  const names = [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '(\.[^']+)';/gms)].map(([, name]) => name);
  return names.map(name => path.join(path.dirname(file), name)).map(name => (isFolder(name) ? `${name}/index` : name));
}

const isFolder = (name: string): boolean => fs.existsSync(name) && fs.statSync(name).isDirectory();

/** A way from `start` back to it; undefined if there is none. */
function circleThrough(start: string, imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>();
  const search = (file: string, way: readonly string[]): string[] | undefined => {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = search(next, [...way, next]);
      if (found) return found;
    }
    return undefined;
  };
  return search(start, [start]);
}

describe('circles of imports', () => {
  for (const folder of folders) {
    it(`are not in src/${folder}`, () => {
      const files = fs.readdirSync(path.join('src', folder), { recursive: true, encoding: 'utf8' });
      const sources = files.filter(file => file.endsWith('.ts')).map(file => path.join('src', folder, file));
      const imports = new Map(sources.map(file => [file.slice(0, -'.ts'.length), importsOf(file)]));
      assert.ok(imports.size > 0);
      assert.deepEqual(
        [...imports.keys()].flatMap(file => circleThrough(file, imports)?.join(' → ') ?? []),
        [],
      );
    });
  }
});
