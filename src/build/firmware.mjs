// Assembles media/firmware/bios.asm with NASM into src/machine/biosImage.ts, which is committed so that a build needs no
// NASM. A test compares the two. Run it after every change of the firmware: `node src/build/firmware.mjs`.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-firmware-'));
const image = path.join(folder, 'bios.bin');
execFileSync('nasm', ['-f', 'bin', '-o', image, 'bios.asm'], {
  cwd: path.join(root, 'media/firmware'),
  stdio: 'inherit',
});
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
