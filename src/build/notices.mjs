// The licences of the packages whose code is in the bundles, as they ask for: one file beside the bundles.
import fs from 'node:fs';
import path from 'node:path';

/** `metafiles` are esbuild's; returns the text of dist/NOTICES.txt. */
export function notices(root, metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const packages = new Set(inputs.map(file => /^(node_modules\/(@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean));
  return [...packages]
    .sort()
    .map(folder => notice(path.join(root, folder)))
    .join('\n');
}

function notice(folder) {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const licence = fs.readdirSync(folder).find(file => /^licen[cs]e/i.test(file));
  if (licence === undefined) throw new Error(`${name} is bundled but has no licence file`);
  return `${name} ${version}\n\n${fs.readFileSync(path.join(folder, licence), 'utf8').trim()}\n`;
}
