// Files that are no guests are known by how they begin, and nothing else is taken for one of them.
import assert from 'node:assert/strict';
import { foreignFile } from '../../src/machine/foreignFiles';
import { foreign as foreignFileError } from '../../src/machine/imageErrors';
import { bareText, inPseudoLocale } from '../bareText';
import { elf32 } from './images';

const bytes = (text: string, length = 1024): Uint8Array => {
  const file = new Uint8Array(length);
  file.set(Uint8Array.from(text, character => character.charCodeAt(0)));
  return file;
};

function pe(): Uint8Array {
  const file = bytes('MZ');
  file[0x3c] = 0x80;
  file.set(bytes('PE\0\0', 4), 0x80);
  return file;
}

const iso = bytes('', 0x9000);
iso.set(bytes('CD001', 5), 0x8001);

const foreign: readonly (readonly [what: string, file: Uint8Array, expected: RegExp])[] = [
  ['a PE file', pe(), /Windows/],
  ['an MZ file', bytes('MZ'), /DOS/],
  ['a 64-bit ELF file', bytes('\x7fELF\x02'), /64-bit code/],
  ['a program for Linux', bytes(`\x7fELF\x01${'\0'.repeat(300)}/lib/ld-linux.so.2`), /Linux program/],
  ['a 64-bit program for Linux', bytes(`\x7fELF\x02${'\0'.repeat(300)}/lib64/ld-linux-x86-64.so.2`), /Linux program/],
  ['a zip archive', bytes('PK\x03\x04'), /archive/],
  ['a qcow2 image', bytes('QFI\xfb'), /qcow2/],
  ['a CD', iso, /CD/],
];
const guests: readonly (readonly [what: string, file: Uint8Array])[] = [
  ['an ELF kernel', elf32([{ physical: 0x100000, bytes: Uint8Array.of(0xf4) }])],
  ['a boot sector', bytes('\xfa\xfc')],
  ['the shortest program', Uint8Array.of(0xf4)],
];

describe('files that are no guests', () => {
  for (const [what, file, expected] of foreign) it(what, () => assert.match(foreignFile(file)?.what ?? '', expected));
  for (const [what, file] of foreign)
    it(`${what}, in words that can be translated`, () => {
      const { what: kind = '', instead = '' } = foreignFile(file) ?? {};
      const { message } = inPseudoLocale(() => foreignFileError(kind, instead));
      assert.deepEqual(bareText(message), [], message);
    });
  for (const [what, file] of guests) it(`not ${what}`, () => assert.equal(foreignFile(file), undefined));
});
