// Names of sources in line tables. Every source of a program names its files by itself, so two may mean different files by one
// name; a file whose name is taken goes by its path.

import { fileName, isSameFile } from './paths';

export class SourceNames {
  private readonly known = new Map<string, string>();

  /** path or URI by name */
  get paths(): ReadonlyMap<string, string> {
    return this.known;
  }

  /** The name of the file at `path`, which would like to be called `wanted`. */
  add(wanted: string, path: string): string {
    for (const [name, other] of this.known) if (isSameFile(other, path)) return name;
    const name = this.known.has(wanted) ? path : wanted;
    this.known.set(name, path);
    return name;
  }

  /** The name of a file that need not be a source. */
  nameOf(path: string): string {
    return this.add(fileName(path), path);
  }

  /** All files of one source; gives the names that they have from now on. */
  addAll(paths: ReadonlyMap<string, string>): (name: string) => string {
    const names = new Map([...paths].map(([name, path]) => [name, this.add(name, path)]));
    return name => names.get(name) ?? name;
  }
}
