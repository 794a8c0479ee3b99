// The licences of the packages whose code is in the bundles, as they ask for: one file beside the bundles.
import fs from 'node:fs';
import path from 'node:path';

/** Rust code within WebAssembly that a package brings: all of it may be had under the MIT licence. */
const compiledInto = {
  'iced-x86': [
    { crate: "Rust's standard library", copyright: 'Copyright (c) The Rust Project Contributors' },
    { crate: 'lazy_static', copyright: 'Copyright (c) 2010 The Rust Project Developers' },
    { crate: 'wasm-bindgen', copyright: 'Copyright (c) 2014 Alex Crichton' },
  ],
};

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
  const text = fs.readFileSync(path.join(folder, licence), 'utf8').trim();
  const inside = compiledInto[name] ?? [];
  return [`${name} ${version}\n\n${text}\n`, ...inside.map(each => noticeOfCrate(each, text))].join('\n');
}

/** A crate's notice; the terms are those of the package that it is compiled into, which is under the same licence. */
function noticeOfCrate({ crate, copyright }, licence) {
  const terms = licence.slice(licence.indexOf('Permission is hereby granted'));
  return `${crate}\n\n${copyright}\n\n${terms}\n`;
}
