// `npm run site`: writes out/site/, a folder of files that any web server offers: VS Code for the Web with Ringside and its
// sample guests in it. `?sample=popf` in the address opens one. Nothing in it asks anything of another server.
import fs from 'node:fs';
import path from 'node:path';
import { listFiles } from '@vscode/vsce';
import { filesBelow } from './testBundles.mjs';
import { installWorkbench } from './workbench/install.mjs';
import { calmSettings, commonConfiguration, mainScript, startPage } from './workbench/page.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const ours = path.join(import.meta.dirname, 'workbench');
const site = path.join(root, 'out/site');
const samplesFolder = path.join(root, 'media/samples');
const base = 'workbench';
const extensions = ['extensions/sample-folders', 'extensions/ringside'];
/** What runs in Node only, and what the workbench's texts were made from. */
const leftOut = /\/(server-\w+|bootstrap-fork)\.js$|\/nls\.(keys|messages|metadata)\.json$|\/node(\/|$)|\.installed$/;

const settings = {
  ...calmSettings,
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
};

/** Writes the site and returns its folder. */
export async function writeSite() {
  const workbench = installWorkbench();
  fs.rmSync(site, { recursive: true, force: true });
  copyWorkbench(workbench);
  await copyExtension();
  copySampleFolders();
  writePage(workbench);
  writeNotices(workbench);
  return site;
}

if (process.argv[1] === import.meta.filename) {
  const folder = await writeSite();
  const megabytes = Math.round(bytesBelow(folder) / (1 << 20));
  console.log(`${path.relative(root, folder)}: ${megabytes} MB. Any web server offers it, also below another folder.`);
}

function copyWorkbench(workbench) {
  const to = path.join(site, base);
  fs.cpSync(workbench, to, { recursive: true, filter: name => !leftOut.test(name.slice(workbench.length)) });
  fs.writeFileSync(path.join(to, 'out/vs/code/browser/workbench/workbench.js'), mainScript(workbench));
}

/** The files of the .vsix. */
async function copyExtension() {
  for (const name of await listFiles({ cwd: root, dependencies: false }))
    fs.cpSync(path.join(root, name), path.join(site, 'extensions/ringside', name));
}

function copySampleFolders() {
  const to = path.join(site, 'extensions/sample-folders');
  fs.cpSync(path.join(ours, 'sampleFolders'), to, { recursive: true });
  const sizes = filesBelow(samplesFolder, '').map(file => [
    path.relative(samplesFolder, file).replaceAll(path.sep, '/'),
    fs.statSync(file).size,
  ]);
  fs.writeFileSync(path.join(to, 'samples.json'), JSON.stringify(Object.fromEntries(sizes)));
}

function writePage(workbench) {
  const samples = fs.readdirSync(samplesFolder);
  const configuration = { ...commonConfiguration(base), configurationDefaults: settings, samples, extensions };
  fs.writeFileSync(path.join(site, 'index.html'), startPage(workbench, base, configuration, 'start.js'));
  fs.copyFileSync(path.join(ours, 'siteStart.js'), path.join(site, 'start.js'));
}

/** What must be passed on with it. VS Code's own licence is the MIT licence, as code-server's is. */
function writeNotices(workbench) {
  const licence = fs.readFileSync(path.join(workbench, 'LICENSE'), 'utf8');
  const terms = licence.slice(licence.indexOf('Permission is hereby granted'));
  const notices = [
    'This folder holds Ringside (extensions/; its licence and those of what is bundled in it are there), and below workbench/',
    'VS Code ("Code - OSS") as code-server\'s npm package has it, and the packages in its node_modules, with their licences.',
    `\nVS Code\n\nCopyright (c) 2015 - present Microsoft Corporation\n\n${terms}`,
    `\ncode-server\n\n${licence}`,
    '\nwhat both are made with: workbench/ThirdPartyNotices.txt\n',
  ];
  fs.writeFileSync(path.join(site, 'NOTICES.txt'), notices.join('\n'));
}

function bytesBelow(folder) {
  return filesBelow(folder, '').reduce((sum, file) => sum + fs.statSync(file).size, 0);
}
