// The workbench's start page and main script, mended so that they run without code-server's own server.
import fs from 'node:fs';
import path from 'node:path';

/**
 * The start page for `configuration` (VS Code's IWorkbenchConstructionOptions), with the workbench at `base`. `script` is the
 * address of one of ours that may change the configuration before the workbench reads it.
 */
export function startPage(workbench, base, configuration, script) {
  const attribute = JSON.stringify(configuration).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const page = fs
    .readFileSync(path.join(workbench, 'out/vs/code/browser/workbench/workbench.html'), 'utf8')
    .replace('{{WORKBENCH_WEB_CONFIGURATION}}', () => attribute)
    .replaceAll('{{WORKBENCH_WEB_BASE_URL}}', base)
    .replace('{{WORKBENCH_AUTH_SESSION}}', '')
    .replace('{{WORKBENCH_NLS_FALLBACK_URL}}', `${base}/out/nls.messages.js`)
    .replace(/<script type="module" src="{{WORKBENCH_NLS_URL}}"><\/script>/, '')
    .replace(/ nonce="[^"]*"/g, '')
    .replace(/<link rel="(manifest|icon|alternate icon|apple-touch-icon)"[^>]*>/g, '');
  return script === undefined ? page : page.replace('</head>', `<script src="${script}"></script></head>`);
}

/** The part of the configuration that does not depend on what is opened. */
export const commonConfiguration = base => ({
  enableWorkspaceTrust: false,
  // no gallery: nothing is asked of anybody else's server
  productConfiguration: { enableTelemetry: false, extensionsGallery: { serviceUrl: '' }, rootEndpoint: '.' },
  serverBasePath: '/',
  userDataPath: '/user-data',
  // code-server's own additions, which must be there:
  isEnabledCoderGettingStarted: false,
  isEnabledFileDownloads: true,
  isEnabledFileUploads: true,
  webviewEndpoint: `${base}/out/vs/workbench/contrib/webview/browser/pre`,
});

/** The guest at once, without what VS Code shows to newcomers. */
export const calmSettings = {
  'chat.disableAIFeatures': true,
  'debug.openDebug': 'openOnSessionStart',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** code-server makes the workbench look for a server behind the page, in two places; both are put back. */
export function mainScript(workbench) {
  const code = fs.readFileSync(path.join(workbench, 'out/vs/code/browser/workbench/workbench.js'), 'utf8');
  const withoutServer = replaced(code, /,remoteAuthority:location\.host\}/, '}');
  const userData =
    /(get userRoamingDataHome\(\)\{return )[\w$]+\(([\w$]+)\.file\(this\.userDataPath\)\.with\(\{scheme:([\w$]+)\.vscodeRemote\}\),"User"\)/;
  return replaced(withoutServer, userData, '$1$2.file("/User").with({scheme:$3.vscodeUserData})');
}

function replaced(code, pattern, replacement) {
  if (!pattern.test(code))
    throw new Error(`${pattern} is not in workbench.js: is this another version of code-server?`);
  return code.replace(pattern, replacement);
}
