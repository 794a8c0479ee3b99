// Assembles media/firmware/bios.asm with NASM into src/machine/biosImage.ts, and with our own assembler into the names and lines
// of src/machine/biosSymbols.json. Both are committed: a build needs no NASM, and a session does not assemble the BIOS. A test
// compares. Run it after every change of the firmware: `node src/build/firmware.mjs`.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { firmwareSymbols } from './firmwareSymbols.mjs';
import { opcodeTable } from './opcodeTable.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const sources = path.join(root, 'media/firmware');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-firmware-'));
const image = path.join(folder, 'bios.bin');
execFileSync('nasm', ['-f', 'bin', '-o', image, 'bios.asm'], { cwd: sources, stdio: 'inherit' });
const lines = fs
  .readFileSync(image)
  .toString('base64')
  .match(/.{1,100}/g);
fs.rmSync(folder, { recursive: true });

const text = `// The BIOS that media/firmware/bios.asm assembles to, made by src/build/firmware.mjs: 4 KiB for F000:F000, in base64.

export const biosBase64 = [
${lines.map(line => `  '${line}',`).join('\n')}
].join('');
`;
fs.writeFileSync(path.join(root, 'src/machine/biosImage.ts'), text);

const { assemble } = await ourAssembler();
const bytes = name => fs.readFileSync(path.join(sources, name));
const assembly = assemble('bios.asm', { bytes, text: name => bytes(name).toString() });
fs.writeFileSync(
  path.join(root, 'src/machine/biosSymbols.json'),
  `${JSON.stringify(firmwareSymbols(assembly.image))}\n`,
);

async function ourAssembler() {
  const outfile = path.join(root, 'out/firmware/assemble.cjs');
  await build({
    entryPoints: [path.join(root, 'src/asm/assemble.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    plugins: [opcodeTable],
    logLevel: 'warning',
  });
  return createRequire(import.meta.url)(outfile);
}
