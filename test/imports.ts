// What the files of a source tree import of each other, by the text of their imports, and the circles that come of it.
import path from 'node:path';
import ts from 'typescript';

/** Paths relative to the root of the tree, with `/`, and what the files say. */
export type SourceTree = ReadonlyMap<string, string>;

/** All that `text` imports or exports again, as it is written there; types too. */
export const importsOf = (text: string): string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);

export const isRelative = (name: string): boolean => name.startsWith('.');

/** The path that a relative import in `file` names, mostly without an ending. */
export const targetOf = (file: string, name: string): string => path.posix.join(path.posix.dirname(file), name);

/** Each set of files that lead by imports to one another, sorted. */
export function circles(tree: SourceTree): string[][] {
  const imported = new Map([...tree].map(([file, text]) => [file, importedFiles(file, text, tree)]));
  const reached = new Map([...tree.keys()].map(file => [file, reachedFrom(file, imported)]));
  const found = new Map<string, string[]>();
  for (const [file, others] of reached) {
    if (!others.has(file)) continue;
    const circle = [...others].filter(other => reached.get(other)?.has(file)).sort();
    found.set(circle[0], circle);
  }
  return [...found.values()];
}

function importedFiles(file: string, text: string, tree: SourceTree): string[] {
  return importsOf(text)
    .filter(isRelative)
    .flatMap(name => {
      const target = targetOf(file, name);
      return [`${target}.ts`, `${target}/index.ts`, `${target}.d.ts`].find(path => tree.has(path)) ?? [];
    });
}

/** All files that `file` leads to. */
function reachedFrom(file: string, imported: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...(imported.get(file) ?? [])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(imported.get(next) ?? []));
  }
  return reached;
}
