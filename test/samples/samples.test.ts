// The sample guests that ship: each does the same under every technique, instruction for instruction. What differs is
// what it costs.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CopyOnWriteStore, sectorSizeBytes } from '../../src/devices/blockStore';
import { emptyDisk } from '../../src/machine/diskImage';
import type { GuestImage } from '../../src/machine/guestImage';
import type { TechniqueName } from '../../src/monitor/system';
import { qemu } from '../oracle/baremetal/emulators';
import { assembleFile } from '../monitor/assembledGuest';
import { type GuestRun, runGuest, type RunOptions } from '../monitor/runGuest';
import { differencesBetween, seenByGuest } from '../differences';
import { skipBecause } from '../summary';

const folder = path.resolve('media/samples/first-trap');
const main = 'first-trap.asm';

const boot = 'kernel: paging is on, and I believe that I am in ring 0\n';
const formatting = 'kernel: the disk is empty, so I put a file system on it\n';
const program = `kernel: entering the program in ring 3
program: hello from ring 3
program: I have written a file
program: it says: Rings keep the kernel safe.
program: two ticks later, goodbye
`;
/** One comes as the timer's output goes high when it is set up, two are slept through. */
const ticks = 3;
const exitedWithZero = 1;

const qemuOptions = ['-serial', 'stdio', '-display', 'none', '-no-reboot', '-device', 'isa-debug-exit,iobase=0xf4'];

/** The sample with a change to one of its files. */
function changed(file: string, change: (source: string) => string): GuestImage {
  return assembleFile(path.join(folder, main), (name, text) => {
    const after = name === file ? change(text) : text;
    assert.ok(name !== file || after !== text, 'there is something to change');
    return after;
  }).image;
}

describe('sample first-trap', () => {
  let image: GuestImage;
  let bare: GuestRun;
  let trapped: GuestRun;
  const run = (technique: TechniqueName, guest = image, options: RunOptions = {}): GuestRun =>
    runGuest(technique, guest, { memoryBytes: 16 << 20, ...options });

  before(() => {
    image = assembleFile(path.join(folder, main)).image;
    bare = run('none');
    trapped = run('trapAndEmulate', image, { keepStages: true });
  });

  it('prints, writes its file and exits', () => {
    assert.equal(bare.serial, boot + formatting + program);
    assert.equal(bare.ending, 'exit');
    assert.equal(bare.exitCode, exitedWithZero);
    const [directory, file] = [bare.disk.read(0), bare.disk.read(1)].map(sector =>
      Buffer.from(sector).toString('latin1'),
    );
    assert.match(directory, /^RSFS\x02\0\0\0.{24}rings\.txt\0{7}\x01\0\0\0\x1c\0\0\0/s);
    assert.match(file, /^Rings keep the kernel safe\.\n\0+$/);
    assert.deepEqual(
      bare.disk.dirtySectors.map(([sector]) => sector),
      [0, 1],
    );
  });

  it('does the same under trapAndEmulate', () => {
    assert.equal(trapped.serial, bare.serial);
    assert.equal(trapped.ending, bare.ending);
    assert.equal(trapped.exitCode, bare.exitCode);
    assert.deepEqual(trapped.disk.toImage(), bare.disk.toImage());
  });

  it('retires the same number of instructions, sees the same ticks, and leaves the same memory', () => {
    assert.deepEqual(differencesBetween(trapped, bare, seenByGuest), []);
    assert.equal(bare.system.running.memory.read8(0xb8000 + 79 * 2), ticks);
  });

  it('keeps the file for the next run', () => {
    for (const technique of ['none', 'trapAndEmulate'] as const) {
      const again = run(technique, image, { disk: new CopyOnWriteStore(bare.disk.toImage()) });
      assert.equal(again.serial, boot + program);
    }
  });

  it('repeats to the instruction', () => {
    const again = run('trapAndEmulate', image, { keepStages: true });
    assert.equal(again.now, trapped.now);
    assert.deepEqual(again.stages, trapped.stages);
  });

  it('can be walked: every kind of stage, and not too many of them', () => {
    const kinds = new Set(trapped.stages.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), [
      'check',
      'decode',
      'emulate',
      'host',
      'inject',
      'intercept',
      'resume',
      'translate',
    ]);
    assert.ok(trapped.stages.length < 3000, `${trapped.stages.length} stages`);
  });

  it('stops for ever where popf takes the place of sti, because popf does not trap', () => {
    const sleeping = changed('interrupts.inc', source =>
      source.replace(/\bcli( +; no tick)/, 'pushf\n        cli$1').replace(/\bsti( +; takes effect)/, 'popf$1'),
    );
    assert.equal(run('none', sleeping).serial, boot + formatting + program);
    const stuck = run('trapAndEmulate', sleeping);
    assert.equal(stuck.ending, 'halted');
    assert.doesNotMatch(stuck.serial, /goodbye/);
  });

  it('says what is wrong when the disk fails', () => {
    for (const technique of ['none', 'trapAndEmulate'] as const) {
      const disk = new CopyOnWriteStore(new Uint8Array(sectorSizeBytes)); // it has a directory, and no room for a file
      const failed = run(technique, image, { disk });
      assert.match(failed.serial, /kernel: the disk reports an error\n$/);
      assert.equal(failed.exitCode, 5);
    }
  });

  it('prints the same on QEMU', function () {
    if (qemu.missing !== undefined) skipBecause(this, qemu.missing);
    const work = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-'));
    const [kernel, disk] = [path.join(work, 'kernel.bin'), path.join(work, 'disk.img')];
    fs.writeFileSync(kernel, image.bytes);
    fs.writeFileSync(disk, new Uint8Array(emptyDisk().toImage()));
    const options = ['-kernel', kernel, '-drive', `file=${disk},format=raw,if=ide`, ...qemuOptions];
    const { stdout, status } = spawnSync('qemu-system-i386', options, { timeout: 30_000, encoding: 'latin1' });
    const written = fs.readFileSync(disk);
    fs.rmSync(work, { recursive: true });
    assert.equal(stdout, boot + formatting + program);
    assert.equal(status, exitedWithZero);
    assert.ok(written.equals(bare.disk.toImage()));
  });

  it('protects the kernel from the program', () => {
    const curious = changed('program.inc', source =>
      source.replace('user_main:\n', 'user_main:\n        mov eax, [0x100000]\n'),
    );
    for (const technique of ['none', 'trapAndEmulate'] as const) {
      const { serial, exitCode } = run(technique, curious, { disk: emptyDisk() });
      assert.match(serial, /in ring 3\nkernel: an exception that should not happen\n$/);
      assert.equal(exitCode, 3);
    }
  });
});
