import assert from 'node:assert/strict';
import { CopyOnWriteStore } from '../../src/devices/blockStore';

const filled = (value: number): Uint8Array => new Uint8Array(512).fill(value);

describe('copy-on-write store', () => {
  it('fills up a last part of a sector with zeros', () => {
    const store = new CopyOnWriteStore(new Uint8Array(700).fill(7));
    assert.equal(store.sectorCount, 2);
    assert.equal(store.read(1)[187], 7);
    assert.equal(store.read(1)[188], 0);
    assert.equal(store.toImage().length, 1024);
  });

  it('keeps a copy of what is written, and snapshots do not change later', () => {
    const store = new CopyOnWriteStore(new Uint8Array(4 * 512));
    const bytes = filled(1);
    store.write(3, bytes);
    bytes.fill(9);
    assert.equal(store.read(3)[0], 1);
    const saved = store.save();
    store.write(3, filled(2));
    store.write(0, filled(3));
    assert.deepEqual(
      store.dirtySectors.map(([lba]) => lba),
      [0, 3],
    );
    store.restore(saved);
    assert.equal(store.read(3)[0], 1);
    assert.equal(store.read(0)[0], 0);
  });

  for (const lba of [-1, 4, 1.5]) {
    it(`refuses sector ${lba}`, () => {
      const store = new CopyOnWriteStore(new Uint8Array(4 * 512));
      assert.throws(() => store.read(lba), /the disk has sectors 0 to 3/);
      assert.throws(() => store.write(lba, filled(0)), /the disk has sectors 0 to 3/);
    });
  }

  it('refuses what is not a sector long', () => {
    assert.throws(() => new CopyOnWriteStore(new Uint8Array(512)).write(0, new Uint8Array(511)), /not 511/);
  });
});
