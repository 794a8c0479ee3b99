// Memory maps and disk images as users name them.
import assert from 'node:assert/strict';
import { diskFromImage, floppyFromImage } from '../../src/machine/diskImage';
import { memoryMap } from '../../src/machine/memorySize';

describe('a memory map', () => {
  it('of 1 MiB has no extended memory', () => assert.ok(memoryMap(0x100000).every(({ start }) => start < 0x100000)));
});

describe('disk images', () => {
  it('holds the image', () => {
    const disk = diskFromImage(new Uint8Array(1024).fill(7), 'a.img');
    assert.deepEqual([disk.sectorCount, disk.read(1)[511]], [2, 7]);
  });
  for (const length of [0, 511, 513])
    it(`${length} bytes are refused`, () => {
      assert.throws(() => diskFromImage(new Uint8Array(length), 'a.img'), /a\.img.*(512|1024) bytes.*truncate/);
    });

  const floppies: readonly (readonly [bytes: number, sectors: number])[] = [
    [700, 2880],
    [163_840, 320],
    [368_640, 720],
    [368_641, 2880],
    [1_228_800, 2400],
    [1_474_560, 2880],
    [1_474_561, 5760],
    [2_949_120, 5760],
  ];
  for (const [bytes, sectors] of floppies)
    it(`${bytes} bytes make a floppy of ${sectors} sectors`, () =>
      assert.equal(floppyFromImage(new Uint8Array(bytes), 'a.img').sectorCount, sectors));
  it('what is larger than any floppy is refused', () =>
    assert.throws(() => floppyFromImage(new Uint8Array(2_949_121), 'a.img'), /a\.img is 2949121 bytes.*2\.88 MB/));
});
