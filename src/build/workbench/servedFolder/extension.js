// The file system `served://host/path`: each operation is one request to serve.mjs at `http://host/files/path`.
const vscode = require('vscode');

exports.activate = context => {
  const provider = new ServedFolder();
  const options = { isCaseSensitive: true };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('served', provider, options));
};

class ServedFolder {
  changes = new vscode.EventEmitter();
  onDidChangeFile = this.changes.event;

  watch() {
    return new vscode.Disposable(() => {});
  }

  async stat(uri) {
    return (await request(uri, '?stat')).json();
  }

  async readDirectory(uri) {
    return (await request(uri, '?list')).json();
  }

  async readFile(uri) {
    return new Uint8Array(await (await request(uri, '')).arrayBuffer());
  }

  async writeFile(uri, content) {
    await request(uri, '', { method: 'PUT', body: content });
    this.changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  async createDirectory(uri) {
    await request(uri, '?folder', { method: 'PUT' });
  }

  async delete(uri) {
    await request(uri, '', { method: 'DELETE' });
    this.changes.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  rename(from) {
    throw vscode.FileSystemError.NoPermissions(from);
  }
}

async function request(uri, query, options) {
  const path = uri.path.split('/').map(encodeURIComponent).join('/');
  const response = await fetch(`http://${uri.authority}/files${path}${query}`, options);
  if (!response.ok) throw vscode.FileSystemError.FileNotFound(uri);
  return response;
}
