// Sources that are not the user's, the monitor's and the BIOS's, as a file system that is read only: the debugger stops there, and breakpoints set there outlive
// the session. The texts are in a file of their own, read when the first of them is wanted.
import * as vscode from 'vscode';
import { ownFileAt, ownPath, ownScheme } from '../shared/ownSource';

type Texts = ReadonlyMap<string, Uint8Array>;

export class OwnSources implements vscode.FileSystemProvider {
  /** Never: the sources are those of this version. */
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
  private texts: Promise<Texts> | undefined;

  constructor(private readonly extensionUri: vscode.Uri) {}

  register(): vscode.Disposable {
    return vscode.workspace.registerFileSystemProvider(ownScheme, this, {
      isReadonly: true,
      isCaseSensitive: true,
    });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const text = await this.text(uri);
    const times = { ctime: 0, mtime: 0 };
    if (text) return { type: vscode.FileType.File, size: text.length, ...times };
    if ((await this.readDirectory(uri)).length > 0) return { type: vscode.FileType.Directory, size: 0, ...times };
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const text = await this.text(uri);
    if (!text) throw vscode.FileSystemError.FileNotFound(uri);
    return text;
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const folder = uri.path.endsWith('/') ? uri.path : `${uri.path}/`;
    const below = [...(await this.read()).keys()].map(ownPath).filter(path => path.startsWith(folder));
    const names = new Map<string, vscode.FileType>();
    for (const path of below) {
      const [name, ...inner] = path.slice(folder.length).split('/');
      names.set(name, inner.length > 0 ? vscode.FileType.Directory : vscode.FileType.File);
    }
    return [...names];
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  createDirectory(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  delete(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  rename(uri: vscode.Uri): never {
    throw readOnly(uri);
  }

  private async text({ path }: vscode.Uri): Promise<Uint8Array | undefined> {
    const file = ownFileAt(path);
    return file === undefined ? undefined : (await this.read()).get(file);
  }

  private read(): Promise<Texts> {
    this.texts ??= readTexts(this.extensionUri);
    return this.texts;
  }
}

const readOnly = (uri: vscode.Uri): vscode.FileSystemError => vscode.FileSystemError.NoPermissions(uri);

async function readTexts(extensionUri: vscode.Uri): Promise<Texts> {
  const content = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'dist/ownSources.json'));
  const texts = JSON.parse(new TextDecoder().decode(content)) as Readonly<Record<string, string>>;
  return new Map(Object.entries(texts).map(([file, text]) => [file, new TextEncoder().encode(text)]));
}
