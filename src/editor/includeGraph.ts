// Which sources lead to a file, by the names in their %include lines. Only the ends of paths are compared, since the same
// name may be found beside a source, in the workspace or in a folder that the settings name.

const includeLine = /^[ \t]*%include[ \t]+(?:"([^"]+)"|'([^']+)'|([^\s;]+))/gim;

/** Main sources, which nobody includes, that include `file`, directly or through others. `sources` are texts by path. */
export function mainsIncluding(file: string, sources: ReadonlyMap<string, string>): string[] {
  const included = [...sources].map(([path, text]) => ({ path, names: namesIn(text) }));
  const includersOf = (target: string): string[] =>
    included
      .filter(({ path, names }) => path !== target && names.some(name => ends(target, name)))
      .map(({ path }) => path);
  const mains: string[] = [];
  const seen = new Set([file]);
  for (const waiting = [file]; waiting.length > 0;) {
    const target = waiting.pop() ?? file;
    const includers = includersOf(target);
    if (includers.length === 0 && target !== file) mains.push(target);
    const fresh = includers.filter(path => !seen.has(path));
    for (const path of fresh) seen.add(path);
    waiting.push(...fresh);
  }
  return mains.sort();
}

const namesIn = (text: string): string[] =>
  [...text.matchAll(includeLine)].map(([, double, single, bare]) => double ?? single ?? bare);

/** Is it the file at `path` that `name` may mean? */
function ends(path: string, name: string): boolean {
  const parts = name.split(/[\\/]/).filter(part => part !== '.' && part !== '..' && part !== '');
  return parts.length > 0 && `/${path}`.endsWith(`/${parts.join('/')}`);
}
