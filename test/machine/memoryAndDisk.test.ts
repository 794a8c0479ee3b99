// Memory maps and disk images as users name them.
import assert from 'node:assert/strict';
import { diskBeginningWith, diskFromImage } from '../../src/machine/diskImage';
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
  it('a boot image is filled up', () => assert.equal(diskBeginningWith(new Uint8Array(700)).sectorCount, 2048));
});
