// Files that are no guest of this machine, known by how they begin; and why not.

import { marked } from '../base/localization';
import { isElf } from '../link/elf';

const text = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length));

/** Where an MZ file says that its PE header stands. */
const peOffset = 0x3c;
const isoIdentifier = 0x8001;
const elfClass = 4;
const elf64 = 2;
/** An ELF file's interpreter is named near its beginning. */
const interpreterBytes = 4096;

const begins =
  (signature: string) =>
  (bytes: Uint8Array): boolean =>
    text(bytes, 0, signature.length) === signature;

function isPe(bytes: Uint8Array): boolean {
  if (!begins('MZ')(bytes) || bytes.length < peOffset + 4) return false;
  const at = new DataView(bytes.buffer, bytes.byteOffset).getUint32(peOffset, true);
  return text(bytes, at, 4) === 'PE\0\0';
}

export const noLinux = marked`This machine is empty: there is no Linux in it, nor any other operating system that would answer a system call. A guest brings its own kernel, or reaches the devices by itself, such as COM1 at port 0x3f8.`;

/** Its texts are translated where they are shown. */
interface ForeignFile {
  readonly matches: (bytes: Uint8Array) => boolean;
  /** ends the sentence "the file is …" */
  readonly what: string;
  readonly instead: string;
}

const archive = marked`Unpack it, and name what was in it.`;
const rawDisk = marked`Convert it to a raw image (qemu-img convert -O raw).`;

const foreignFiles: readonly ForeignFile[] = [
  {
    matches: isPe,
    what: marked`a Windows program (PE)`,
    instead: marked`This machine is empty: there is no Windows in it.`,
  },
  {
    matches: begins('MZ'),
    what: marked`a DOS program (MZ)`,
    instead: marked`This machine is empty: there is no DOS in it.`,
  },
  {
    matches: bytes => isElf(bytes) && /\/ld[-0-9a-z_.]*\.so/.test(text(bytes, 0, interpreterBytes)),
    what: marked`a Linux program (it names an interpreter)`,
    instead: noLinux,
  },
  {
    matches: bytes => isElf(bytes) && bytes[elfClass] === elf64,
    what: marked`64-bit code`,
    instead: marked`The processor here has no 64-bit mode. Build for 32 bits (gcc -m32, ld -m elf_i386, nasm -f elf32).`,
  },
  {
    matches: begins('\xcf\xfa\xed\xfe'),
    what: marked`a macOS program`,
    instead: marked`There is no macOS in this machine.`,
  },
  { matches: begins('\x1f\x8b'), what: marked`compressed (gzip)`, instead: archive },
  { matches: begins('PK\x03\x04'), what: marked`an archive (zip)`, instead: archive },
  { matches: begins('\xfd7zXZ'), what: marked`compressed (xz)`, instead: archive },
  { matches: begins('QFI\xfb'), what: marked`a disk image of QEMU’s own kind (qcow2)`, instead: rawDisk },
  { matches: begins('KDMV'), what: marked`a disk image of VMware’s own kind (VMDK)`, instead: rawDisk },
  {
    matches: bytes => text(bytes, isoIdentifier, 5) === 'CD001',
    what: marked`an image of a CD`,
    instead: marked`There is no CD drive here: name a floppy or hard disk image, or the kernel that is on the CD.`,
  },
];

/** What the file is, and what to do instead; undefined if it may be a guest. */
export const foreignFile = (bytes: Uint8Array): ForeignFile | undefined =>
  foreignFiles.find(({ matches }) => matches(bytes));
