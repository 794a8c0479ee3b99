// Serves VS Code for the Web with unpacked extensions and one folder of this machine, on localhost only.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { installWorkbench } from './install.mjs';
import { commonConfiguration, mainScript, startPage } from './page.mjs';

const servedFolder = path.join(import.meta.dirname, 'servedFolder');
const mediaTypes = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

/**
 * Starts the server. `extensions` are folders with a package.json, `folder` is opened as the workspace, `settings` are
 * defaults for the user's, `open` names files of the folder to open at start. Returns `{ url, stop }`.
 */
export async function serveWorkbench({ extensions, folder, settings = {}, open = [], port = 0 }) {
  const workbench = installWorkbench();
  const script = mainScript(workbench);
  const roots = [servedFolder, ...extensions];
  const routes = [
    [
      /^\/$/,
      (request, response) => html(response, startPage(workbench, '/static', configure(request, roots, settings, open))),
    ],
    [/^\/static\/(out\/vs\/code\/browser\/workbench\/workbench\.js)$/, (_, response) => send(response, '.js', script)],
    [/^\/static\/(.*)$/, (_, response, name) => sendFile(response, workbench, name)],
    [/^\/extension\/(\d+)\/(.*)$/, (_, response, index, name) => sendFile(response, roots[index], name)],
    [/^\/files(\/.*)$/, (request, response, name) => serveFolder(request, response, folder, name)],
  ];
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const match = routes
      .map(([pattern, serve]) => [pattern.exec(decodeURIComponent(pathname)), serve])
      .find(([m]) => m);
    if (!match) return refuse(response);
    try {
      match[1](request, response, ...match[0].slice(1));
    } catch {
      refuse(response);
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise(resolve => server.close(resolve));
  };
  return { url: `http://localhost:${server.address().port}/`, stop };
}

function configure(request, roots, settings, open) {
  const authority = request.headers.host;
  const inFolder = name => ({ scheme: 'served', authority, path: `/${name}` });
  return {
    ...commonConfiguration('/static'),
    folderUri: inFolder(''),
    additionalBuiltinExtensions: roots.map((_, index) => ({ scheme: 'http', authority, path: `/extension/${index}` })),
    configurationDefaults: settings,
    defaultLayout: { editors: open.map(name => ({ uri: inFolder(name) })) },
  };
}

const html = (response, page) => send(response, '.html', page);

function send(response, extension, body) {
  const type = mediaTypes[extension] ?? 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

function refuse(response, status = 404) {
  response.writeHead(status).end();
}

function sendFile(response, root, name) {
  fs.readFile(below(root, name), (error, data) =>
    error ? refuse(response) : send(response, path.extname(name), data),
  );
}

/** Keeps a request inside its folder. */
function below(root, name) {
  const file = path.resolve(root, `./${name}`);
  if (file !== root && !file.startsWith(root + path.sep)) throw new Error(`${name} is outside the folder`);
  return file;
}

/** The other half of servedFolder/extension.js. */
function serveFolder(request, response, folder, name) {
  const file = below(path.resolve(folder), name);
  const query = new URL(request.url, 'http://localhost').search;
  if (request.method === 'PUT' && query === '?folder') {
    fs.mkdirSync(file, { recursive: true });
    return send(response, '', '');
  }
  if (request.method === 'PUT') {
    const written = request.pipe(fs.createWriteStream(file));
    return written.on('close', () => send(response, '', '')).on('error', () => refuse(response, 500));
  }
  if (request.method === 'DELETE') {
    fs.rmSync(file, { recursive: true });
    return send(response, '', '');
  }
  if (query === '?stat') {
    const { ctimeMs: ctime, mtimeMs: mtime, size } = fs.statSync(file);
    return send(response, '.json', JSON.stringify({ type: kind(fs.statSync(file)), ctime, mtime, size }));
  }
  if (query === '?list') {
    const entries = fs.readdirSync(file, { withFileTypes: true });
    return send(response, '.json', JSON.stringify(entries.map(entry => [entry.name, kind(entry)])));
  }
  return sendFile(response, folder, name);
}

/** VS Code's FileType. */
const kind = entry => (entry.isDirectory() ? 2 : entry.isFile() ? 1 : 0);
