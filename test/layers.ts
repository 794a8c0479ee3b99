// The layers of the source tree as a table, and the check of one file against it: which folders and packages its
// imports may name, and which of the host's globals its code may use. It judges names in the text, not types.
import path from 'node:path';
import ts from 'typescript';
import { importsOf, isRelative, targetOf } from './imports';

/** Below the adapter: each may import those before it. `link`, `symbols`, `asm` and `devices` stand beside this line. */
const line = ['base', 'isa', 'semantics', 'ir', 'cpu', 'machine', 'monitor', 'debug'];
const upTo = (layer: string) => line.slice(0, line.indexOf(layer) + 1);

interface Layer {
  /** Folders of src/ it may import. */
  folders: string[];
  /** Packages it may import. */
  packages?: string[];
  /** May it use Node's modules and globals? */
  node?: boolean;
  /** May it use what a worker offers (messages, timers, the clock)? Below the adapter time is virtual. */
  host?: boolean;
}

const layers: Record<string, Layer> = {
  base: { folders: ['base'] },
  isa: { folders: upTo('isa') },
  semantics: { folders: upTo('semantics') },
  ir: { folders: upTo('ir') },
  cpu: { folders: upTo('cpu') },
  devices: { folders: ['base', 'devices'] },
  link: { folders: ['base', 'link'] },
  symbols: { folders: ['base', 'link', 'symbols'] },
  asm: { folders: ['base', 'isa', 'link', 'asm'], packages: ['iced-x86', 'ringside:opcode-table'] },
  machine: { folders: [...upTo('machine'), 'devices', 'link', 'asm'] },
  monitor: { folders: [...upTo('monitor'), 'devices', 'symbols'] },
  debug: { folders: [...upTo('debug'), 'devices', 'link', 'symbols', 'asm'], packages: ['iced-x86'] },
  shared: { folders: ['shared'], packages: ['@vscode/debugprotocol'], host: true },
  adapter: {
    folders: [...line, 'devices', 'link', 'symbols', 'asm', 'adapter', 'shared'],
    packages: ['@vscode/debugadapter', '@vscode/debugprotocol', 'ringside:own-sources'],
    host: true,
  },
  cli: { folders: [...line, 'devices', 'link', 'symbols', 'asm', 'adapter', 'shared', 'cli'], node: true, host: true },
  editor: { folders: ['editor', 'shared'], packages: ['vscode', '@vscode/debugprotocol'], host: true },
  build: { folders: ['build'], packages: ['*'], node: true, host: true },
};

/** Files whose rules differ from their folder's: entry points of processes, the desktop's half of the editor, the disassembler. */
const files: Record<string, Layer> = {
  'isa/disassemble.ts': { ...layers.isa, packages: ['iced-x86'] },
  // package.json has the version
  'cli/main.ts': { ...layers.cli, folders: [...layers.cli.folders, '..'] },
  'extension.ts': { ...layers.editor, node: true },
  'extension.web.ts': layers.editor,
  // the catalogues are the editor's too
  'adapter/languages.ts': { ...layers.adapter, folders: [...layers.adapter.folders, '..'] },
  'adapter/stdio.ts': { ...layers.adapter, node: true },
  'adapter/nodeHost.ts': { ...layers.adapter, node: true },
  'adapter/nodeServer.ts': { ...layers.adapter, node: true },
  'adapter/regularFile.ts': { ...layers.adapter, node: true },
  'shared/nodeWorker.ts': { ...layers.shared, node: true },
  'adapter/languageThread.ts': { ...layers.adapter, node: true },
};

/** Folders whose files and folders are rooms: each room may import those before it. */
const rooms: Record<string, readonly string[]> = {
  cpu: ['registers', 'memory', 'core', 'privileged', 'tiers', 'processor'],
};

const nodeGlobals = ['process', 'Buffer', 'require', '__dirname', '__filename', 'global', 'setImmediate'];
const domGlobals = ['document', 'window', 'navigator', 'localStorage', 'sessionStorage', 'HTMLElement', 'alert'];
const hostGlobals = [
  'setTimeout',
  'setInterval',
  'performance',
  'Date',
  'fetch',
  'self',
  'postMessage',
  'Worker',
  'XMLHttpRequest',
];

/** Everything in which `text`, standing at `file` (relative to src/, with `/`), goes against the layers. */
export function violations(file: string, text: string): string[] {
  const layer = files[file] ?? layers[file.split('/')[0]];
  if (layer === undefined) return [`${file}: stands in no layer; add its folder to test/layers.ts`];
  if (roomOf(file) === -1) return [`${file}: stands in no room; move it to one, or add one to test/layers.ts`];
  return [
    ...importsOf(text)
      .filter(name => !mayImport(layer, file, name))
      .map(name => `${file}: must not import ${name}`),
    ...forbiddenGlobals(layer, file, text),
  ];
}

/** The number of the room that a file stands in; -1 if it should stand in one, undefined if its folder has none. */
function roomOf(file: string): number | undefined {
  const [folder, room] = file.split('/');
  return rooms[folder]?.indexOf(path.posix.basename(room, '.ts'));
}

function mayImport(layer: Layer, file: string, name: string): boolean {
  if (isRelative(name)) {
    const target = targetOf(file, name);
    const [folder] = target.split('/');
    if (!layer.folders.includes(folder)) return false;
    return folder !== file.split('/')[0] || (roomOf(target) ?? 0) <= (roomOf(file) ?? 0);
  }
  if (name.startsWith('node:') || nodeModules.has(name)) return layer.node === true;
  const packageName = name.split('/', name.startsWith('@') ? 2 : 1).join('/');
  return ['*', packageName].some(allowed => layer.packages?.includes(allowed));
}

const nodeModules = new Set(
  'assert buffer child_process crypto events fs http https net os path process readline stream timers tty url util vm worker_threads zlib'.split(
    ' ',
  ),
);

function forbiddenGlobals(layer: Layer, file: string, text: string): string[] {
  const forbidden = [...domGlobals, ...(layer.node ? [] : nodeGlobals), ...(layer.host ? [] : hostGlobals)];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const nodes = withDescendants(source);
  const declared = new Set(nodes.filter(declares).map(node => node.getText()));
  return nodes
    .filter(node => {
      if (!layer.host && node.getText() === 'Math.random') return true;
      return ts.isIdentifier(node) && forbidden.includes(node.text) && isReference(node) && !declared.has(node.text);
    })
    .map(node => {
      const { line: row } = source.getLineAndCharacterOfPosition(node.getStart());
      return `${file}:${row + 1}: must not use ${node.getText()}`;
    });
}

function withDescendants(node: ts.Node): ts.Node[] {
  const found = [node];
  ts.forEachChild(node, child => void found.push(...withDescendants(child)));
  return found;
}

/** Does `node` name a variable or parameter that the file itself declares? */
function declares(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isIdentifier(node)) return false;
  return (
    (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) && parent.name === node
  );
}

/** Is `name` used as a variable: neither a member (`x.window`, `{ window: 1 }`) nor the name of one in a type? */
function isReference(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === name;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === name;
  if (ts.isQualifiedName(parent)) return parent.left === name;
  if (ts.isBindingElement(parent)) return parent.propertyName !== name;
  const member = parent as { name?: ts.Node };
  return member.name !== name || ts.isShorthandPropertyAssignment(parent);
}
