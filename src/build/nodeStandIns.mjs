// An esbuild plugin for bundles in a browser: @vscode/debugadapter names two modules of Node that its session needs only
// to talk over streams and to convert paths, neither of which happens in a worker. They get stand-ins that do nothing.
const standIns = {
  events: 'exports.EventEmitter = class { on() { return this; } emit() { return false; } };',
  url: '',
};

export const nodeStandIns = {
  name: 'node-stand-ins',
  setup(build) {
    build.onResolve({ filter: /^(events|url)$/ }, ({ path: name, importer }) =>
      /[\\/]@vscode[\\/]debugadapter[\\/]/.test(importer) ? { path: name, namespace: 'stand-in' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path: name }) => ({ contents: standIns[name] }));
  },
};
