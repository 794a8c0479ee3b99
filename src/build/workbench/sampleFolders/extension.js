// The file system `sample:/popf/popf.asm`, for a site that is nothing but files: the samples are fetched from it, and what is
// written stays in this browser, in a folder of our own that lies over them. A sample that is deleted comes back as it was.
const vscode = require('vscode');

exports.activate = async context => {
  const samples = vscode.Uri.joinPath(context.extensionUri, '../ringside/media/samples');
  const listing = vscode.Uri.joinPath(context.extensionUri, 'samples.json');
  const sizes = await (await fetched(listing)).json();
  const provider = new SampleFolders(samples, sizes, context.globalStorageUri);
  const options = { isCaseSensitive: true };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('sample', provider, options));
};

const files = vscode.workspace.fs;

class SampleFolders {
  changes = new vscode.EventEmitter();
  onDidChangeFile = this.changes.event;

  /** `sizes`: of each file of the samples, by its path below `samples`; `own` is where changed files lie. */
  constructor(samples, sizes, own) {
    this.samples = samples;
    this.sizes = new Map(Object.entries(sizes).map(([name, size]) => [`/${name}`, size]));
    this.own = own;
  }

  watch() {
    return new vscode.Disposable(() => {});
  }

  async stat(uri) {
    const changed = await orNothing(files.stat(this.changed(uri)));
    if (changed) return changed;
    const size = this.sizes.get(uri.path);
    if (size !== undefined) return { type: vscode.FileType.File, ctime: 0, mtime: 0, size };
    if (this.shippedIn(uri).length === 0) throw vscode.FileSystemError.FileNotFound(uri);
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  }

  async readDirectory(uri) {
    const changed = (await orNothing(files.readDirectory(this.changed(uri)))) ?? [];
    return [...new Map([...this.shippedIn(uri), ...changed])];
  }

  async readFile(uri) {
    const changed = await orNothing(files.readFile(this.changed(uri)));
    if (changed) return changed;
    if (!this.sizes.has(uri.path)) throw vscode.FileSystemError.FileNotFound(uri);
    return new Uint8Array(await (await fetched(vscode.Uri.joinPath(this.samples, uri.path))).arrayBuffer());
  }

  async writeFile(uri, content) {
    await files.writeFile(this.changed(uri), content);
    this.changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async createDirectory(uri) {
    await files.createDirectory(this.changed(uri));
  }

  async delete(uri) {
    await files.delete(this.changed(uri), { recursive: true });
    this.changes.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  rename(from) {
    throw vscode.FileSystemError.NoPermissions(from);
  }

  changed(uri) {
    return vscode.Uri.joinPath(this.own, uri.path);
  }

  /** What the site has in a folder: names and kinds. */
  shippedIn({ path }) {
    const folder = path.endsWith('/') ? path : `${path}/`;
    const below = [...this.sizes.keys()].filter(name => name.startsWith(folder));
    return below.map(name => {
      const [first, ...more] = name.slice(folder.length).split('/');
      return [first, more.length > 0 ? vscode.FileType.Directory : vscode.FileType.File];
    });
  }
}

async function fetched(uri) {
  const response = await fetch(uri.toString(true));
  if (!response.ok) throw vscode.FileSystemError.Unavailable(uri);
  return response;
}

async function orNothing(promise) {
  try {
    return await promise;
  } catch {
    return undefined;
  }
}
