// What a guest finds when it starts: memory and registers after each way of loading, and the messages for images that
// cannot be loaded. Expected values are the manuals' (Multiboot 0.6.96 §3.2, §3.3) and this project's stated conventions.
import assert from 'node:assert/strict';
import { PhysicalMemory } from '../../src/cpu/memory/physicalMemory';
import { ProcessorState } from '../../src/cpu/registers/state';
import { descriptorLimit, segmentCache } from '../../src/isa/descriptors';
import { Gpr, Segment } from '../../src/isa/registers';
import {
  type BootKind,
  detectBoot,
  type GuestImage,
  imageFromAssembly,
  imageFromFile,
} from '../../src/machine/guestImage';
import { ImageError } from '../../src/machine/imageErrors';
import { loadGuest } from '../../src/machine/loadGuest';
import { bareText, inPseudoLocale } from '../bareText';
import { elf32, multibootFlat, multibootHeader, words } from './images';

const mib = 0x100000;

function load(
  image: GuestImage,
  memoryBytes = 2 * mib,
  commandLine = '',
): { memory: PhysicalMemory; state: ProcessorState } {
  const memory = PhysicalMemory.ofSize(memoryBytes);
  const state = new ProcessorState();
  memory.load(0x1234, Uint8Array.of(1, 2, 3));
  state.instructionCount = 77;
  loadGuest(image, memory, state, { commandLine });
  return { memory, state };
}

const bootSector = (): Uint8Array => {
  const bytes = new Uint8Array(1024).fill(0x90);
  bytes[510] = 0x55;
  bytes[511] = 0xaa;
  return bytes;
};

/** As of a disk image that holds a kernel. */
function withHeader(bytes: Uint8Array): Uint8Array {
  bytes.set(multibootHeader(0), 512);
  return bytes;
}

describe('detectBoot', () => {
  const plain = new Uint8Array(16);
  const table: [string, Uint8Array, number, 16 | 32, BootKind][] = [
    ['16-bit code at 0x7C00', plain, 0x7c00, 16, 'bootSector'],
    ['a signature, whatever the origin', bootSector(), 0, 16, 'bootSector'],
    ['a signature before a Multiboot header', withHeader(bootSector()), 0, 16, 'bootSector'],
    ['16-bit code elsewhere', plain, 0x100, 16, 'flat16'],
    ['32-bit code at 0x7C00', plain, 0x7c00, 32, 'flat32'],
    ['a Multiboot header', multibootHeader(0), mib, 32, 'multiboot'],
    ['a Multiboot header with a wrong checksum', words(0x1badb002, 0, 1), mib, 32, 'flat32'],
    ['an ELF file', elf32([{ physical: mib, bytes: plain }]), 0, 16, 'flat32'],
  ];
  for (const [what, bytes, origin, bits, expected] of table)
    it(`${what}: ${expected}`, () => assert.equal(detectBoot(bytes, origin, bits), expected));
});

describe('loadGuest', () => {
  it('keeps virtual time and what is in the rest of memory, as a reset does, and clears registers', () => {
    const { memory, state } = load(imageFromAssembly({ bytes: Uint8Array.of(0xf4), origin: mib, bits: 32 }));
    assert.equal(state.instructionCount, 77);
    assert.equal(memory.read8(0x1234), 1);
    assert.equal(memory.read8(mib), 0xf4);
    assert.equal(state.gpr(Gpr.edx), 0);
  });

  it('boot sector: 0000:7C00, DL 80h, one sector of the image, which is also the disk', () => {
    const image = imageFromAssembly({ bytes: bootSector(), origin: 0x7c00, bits: 16 });
    const { memory, state } = load(image);
    assert.deepEqual([state.selector(Segment.cs), state.eip, state.gpr(Gpr.edx)], [0, 0x7c00, 0x80]);
    assert.deepEqual([state.selector(Segment.ss), state.stackPointer], [0, 0x7c00]);
    assert.equal(memory.read8(0x7dff), 0xaa);
    assert.equal(memory.read8(0x7e00), 0);
    assert.equal(image.bootDrive, 0x80);
    assert.equal(state.protectedMode, false);
  });

  it('boot sector without a signature: all of it, however long', () => {
    const { memory } = load(imageFromAssembly({ bytes: new Uint8Array(700).fill(0x90), origin: 0x7c00, bits: 16 }));
    assert.equal(memory.read8(0x7c00 + 699), 0x90);
  });

  const realMode: [origin: number, entry: number | undefined, segment: number, ip: number, physical: number][] = [
    [0, undefined, 0x1000, 0, 0x10000],
    [0, 2, 0x1000, 2, 0x10000],
    [0x100, undefined, 0x1000, 0x100, 0x10100],
    [0xf0000, 0xf0002, 0xf000, 2, 0xf0000],
    [0x8000, 0x8002, 0, 0x8002, 0x8000],
    [0x20000, undefined, 0x2000, 0, 0x20000],
  ];
  for (const [origin, entry, segment, ip, physical] of realMode)
    it(`flat16 with origin 0x${origin.toString(16)}`, () => {
      const { memory, state } = load(
        imageFromAssembly({ bytes: Uint8Array.of(0xf4, 0x90, 0x90), origin, bits: 16, entry }),
      );
      assert.deepEqual([state.selector(Segment.cs), state.selector(Segment.ds), state.eip], [segment, segment, ip]);
      assert.equal(memory.read8(physical), 0xf4);
    });

  it('flat32: segment registers agree with the GDT in memory', () => {
    const { memory, state } = load(imageFromAssembly({ bytes: Uint8Array.of(0xf4), origin: mib, bits: 32 }));
    assert.deepEqual([state.eip, state.cpl, state.protectedMode, state.paging], [mib, 0, true, false]);
    assert.equal(state.get('gdtrBase'), 0x500);
    for (const segment of [Segment.cs, Segment.ds, Segment.es, Segment.ss, Segment.fs, Segment.gs]) {
      const selector = state.selector(segment);
      const at = state.get('gdtrBase') + selector;
      const descriptor = { low: memory.read32(at), high: memory.read32(at + 4) };
      assert.ok(selector + 7 <= state.get('gdtrLimit'));
      assert.deepEqual(state.segment(segment), segmentCache(selector, descriptor));
      assert.equal(descriptorLimit(descriptor), 0xffffffff);
    }
  });

  it('flat32 over the usual places: GDT and stack go elsewhere', () => {
    const bytes = new Uint8Array(0x90000).fill(0x90);
    const { memory, state } = load(imageFromAssembly({ bytes, origin: 0, bits: 32 }), 4 * mib);
    const stack = state.stackPointer;
    assert.ok(state.get('gdtrBase') >>> 0 >= bytes.length && stack - 0x4000 >= bytes.length);
    assert.equal(
      memory.slice(0, bytes.length).every(byte => byte === 0x90),
      true,
    );
  });

  it('ELF: segments at physical addresses, zeros after the file part, entry translated', () => {
    const segments = [
      { physical: mib, virtual: 0xc0100000, bytes: Uint8Array.of(1, 2, 3), memoryBytes: 8 },
      { physical: mib + 0x1000, virtual: 0xc0101000, bytes: Uint8Array.of(0xf4) },
    ];
    const { memory, state } = load(imageFromFile(elf32(segments, 0xc0101000)));
    assert.deepEqual([...memory.slice(mib, 4)], [1, 2, 3, 0]);
    assert.equal(state.eip, mib + 0x1000);
  });

  it('Multiboot by addresses: EAX, EBX, memory sizes, map, command line, loader name', () => {
    const { memory, state } = load(imageFromFile(multibootFlat(mib, mib + 0x30)), 4 * mib, 'quiet');
    assert.equal(state.gpr(Gpr.eax), 0x2badb002);
    assert.equal(state.eip, mib + 0x30);
    const info = state.gpr(Gpr.ebx) >>> 0;
    const field = (at: number): number => memory.read32(info + at) >>> 0;
    const text = (at: number): string => String.fromCharCode(...memory.slice(at, memory.bytes.indexOf(0, at) - at));
    assert.equal(field(0), 0x245);
    assert.deepEqual([field(4), field(8)], [639, 3072]);
    assert.deepEqual([text(field(16)), text(field(64))], ['quiet', 'Ringside']);
    const map: number[][] = [];
    for (let at = field(48); at < field(48) + field(44); at += memory.read32(at) + 4)
      map.push([memory.read32(at + 4), memory.read32(at + 12), memory.read32(at + 20)]);
    assert.deepEqual(map[0], [0, 0x9fc00, 1]);
    assert.deepEqual(map.at(-1), [mib, 3 * mib, 1]);
  });

  it('Multiboot ELF', () => {
    const code = multibootHeader(0);
    const { state } = load(imageFromFile(elf32([{ physical: mib, bytes: code }], mib + 0x10)));
    assert.deepEqual([state.gpr(Gpr.eax), state.eip], [0x2badb002, mib + 0x10]);
  });

  it('a disk image with a boot signature boots from its first sector', () => {
    const image = imageFromFile(bootSector());
    assert.equal(image.boot, 'bootSector');
    assert.equal(load(image).state.eip, 0x7c00);
  });
});

describe('images that cannot be loaded', () => {
  const code = Uint8Array.of(0xf4);
  const broken = (change: (elf: DataView) => void): Uint8Array => {
    const bytes = elf32([{ physical: mib, bytes: code }]);
    change(new DataView(bytes.buffer));
    return bytes;
  };
  const table: [string, GuestImage, RegExp][] = [
    ['nothing', imageFromFile(new Uint8Array(0)), /empty/],
    ['beyond memory', imageFromAssembly({ bytes: code, origin: 64 * mib, bits: 32 }), /0x4000000.*memoryMb/],
    ['flat over everything', imageFromAssembly({ bytes: new Uint8Array(2 * mib), origin: 0, bits: 32 }), /covers/],
    [
      'real-mode entry out of reach',
      imageFromAssembly({ bytes: code, origin: 0x8000, bits: 16, entry: 0x20000 }),
      /64 KiB/,
    ],
    ['64-bit ELF', imageFromFile(broken(elf => elf.setUint8(4, 2))), /64-bit/],
    ['ELF of another machine', imageFromFile(broken(elf => elf.setUint16(18, 40, true))), /another processor/],
    ['relocatable ELF', imageFromFile(broken(elf => elf.setUint16(16, 1, true))), /not an executable/],
    ['ELF cut off', imageFromFile(elf32([{ physical: mib, bytes: code }]).subarray(0, 60)), /outside the file/],
    ['ELF without segments', imageFromFile(elf32([])), /nothing to load/],
    ['ELF segment cut off', imageFromFile(broken(elf => elf.setUint32(52 + 16, 0x10000, true))), /cut off/],
    ['Multiboot with an unknown requirement', imageFromFile(multibootHeader(1 << 5)), /requires/],
    ['Multiboot flat without addresses', imageFromFile(multibootHeader(0)), /bit 16/],
    ['Multiboot with wrong addresses', imageFromFile(multibootFlat(mib, mib, mib - 4)), /load_addr/],
    ['Multiboot asked for, no header', imageFromFile(code, { boot: 'multiboot' }), /first 8 KiB/],
  ];
  for (const [what, image, message] of table)
    it(what, () => {
      const memory = PhysicalMemory.ofSize(2 * mib);
      memory.write8(0, 42);
      assert.throws(
        () => loadGuest(image, memory, new ProcessorState()),
        error => error instanceof ImageError && message.test(error.message),
      );
      assert.equal(memory.read8(0), 42);
    });

  for (const [what, image] of table)
    it(`${what}, in words that can be translated`, () => {
      const load = () => loadGuest(image, PhysicalMemory.ofSize(2 * mib), new ProcessorState());
      inPseudoLocale(() =>
        assert.throws(load, error => {
          assert.ok(error instanceof ImageError);
          assert.deepEqual(bareText(error.message), [], error.message);
          return true;
        }),
      );
    });
});
