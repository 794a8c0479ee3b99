// The same port accesses on QEMU's devices, through its monitor with the processor stopped: each script's reads must
// give the same. Virtual time stands still there, so what needs time is in the other tests. Where QEMU is known not to
// do what the data sheet says, the script masks the bits or leaves the case out; the comment says which.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { makePc, numberedImage, type Pc } from './rig';
import { skipBecause } from '../summary';

type Width = 8 | 16;
type Step =
  | { readonly kind: 'out'; readonly port: number; readonly value: number; readonly width: Width }
  | { readonly kind: 'in'; readonly port: number; readonly width: Width; readonly mask: number }
  /** Lets a command or a byte on its way finish. */
  | { readonly kind: 'wait' };

const out = (port: number, ...values: number[]): Step[] =>
  values.map(value => ({ kind: 'out', port, value, width: 8 }));
const read = (port: number, mask = 0xff): Step[] => [{ kind: 'in', port, width: 8, mask }];
const readWords = (port: number, count: number): Step[] =>
  Array.from({ length: count }, () => ({ kind: 'in', port, width: 16, mask: 0xffff }));
const writeWords = (port: number, count: number, value: number): Step[] =>
  Array.from({ length: count }, () => ({ kind: 'out', port, value, width: 16 }));
const wait: Step = { kind: 'wait' };

/** Index port and data port, as CMOS and VGA have them. */
const writeAt = (port: number, index: number, value: number): Step[] => [...out(port, index), ...out(port + 1, value)];
const readAt = (port: number, index: number, mask = 0xff): Step[] => [...out(port, index), ...read(port + 1, mask)];

const requests = (command: number): Step[] => [...out(command, 0x0a), ...read(command)];
const inService = (command: number): Step[] => [...out(command, 0x0b), ...read(command)];
const poll = (command: number): Step[] => [...out(command, 0x0c), ...read(command)];

const initialize = (masterWord4: number): Step[] => [
  ...out(0x20, 0x11),
  ...out(0x21, 0x20, 0x04, masterWord4),
  ...out(0xa0, 0x11),
  ...out(0xa1, 0x28, 0x02, 0x01),
];

/** A pulse on IRQ4: the serial port's transmitter interrupt, taken back by reading IIR. */
const pulseIrq4 = [...out(0x3f9, 0x02), ...read(0x3fa), ...out(0x3f8, 0x55)];
const quietIrq4 = [...read(0x3fa), ...out(0x3f9, 0x00)];

/** A rising edge on IRQ1: the keyboard controller's answer to its self-test. Reading it lowers the line again. */
const raiseIrq1 = out(0x64, 0xaa);
const lowerIrq1 = read(0x60);

const ata = {
  data: 0x1f0,
  error: 0x1f1,
  count: 0x1f2,
  low: 0x1f3,
  mid: 0x1f4,
  high: 0x1f5,
  device: 0x1f6,
  status: 0x1f7,
};
const select = (lba: number, count: number, device = 0xe0): Step[] => [
  ...out(ata.count, count),
  ...out(ata.low, lba & 0xff),
  ...out(ata.mid, (lba >> 8) & 0xff),
  ...out(ata.high, (lba >> 16) & 0xff),
  ...out(ata.device, device),
];
const ataCommand = (code: number, mask = 0xff): Step[] => [...out(ata.status, code), wait, ...read(ata.status, mask)];
/** QEMU takes DSC (bit 4) away with an error; disks keep it. */
const failingCommand = (code: number): Step[] => ataCommand(code, 0xef);

const scripts: Readonly<Record<string, readonly Step[]>> = {
  'interrupt controllers: initialization, masks, read-back': [
    ...initialize(0x01),
    ...[0x21, 0xa1].flatMap(port => [...read(port), ...out(port, 0xa5), ...read(port)]),
    ...[0x20, 0xa0].flatMap(port => [...requests(port), ...inService(port)]),
    ...out(0x4d0, 0xff),
    ...out(0x4d1, 0xff),
    ...read(0x4d0),
    ...read(0x4d1),
    ...out(0x4d0, 0x00),
    ...out(0x4d1, 0x00),
  ],
  'interrupt controllers: request, poll, in service, EOI': [
    ...initialize(0x01),
    ...out(0x3fc, 0x08),
    ...pulseIrq4,
    ...requests(0x20),
    ...poll(0x20),
    ...requests(0x20),
    ...inService(0x20),
    ...poll(0x20),
    ...raiseIrq1,
    ...requests(0x20),
    ...poll(0x20),
    ...inService(0x20),
    ...out(0x20, 0x20),
    ...inService(0x20),
    ...out(0x20, 0x64),
    ...inService(0x20),
    ...quietIrq4,
    ...lowerIrq1,
  ],
  'interrupt controllers: priorities, rotation, special mask': [
    ...initialize(0x01),
    ...pulseIrq4,
    ...raiseIrq1,
    ...out(0x20, 0xc0 | 2),
    ...poll(0x20),
    ...inService(0x20),
    ...poll(0x20),
    ...out(0x20, 0xe4),
    ...poll(0x20),
    ...pulseIrq4,
    ...poll(0x20),
    ...out(0x21, 0x01),
    ...out(0x20, 0x68),
    ...poll(0x20),
    ...inService(0x20),
    ...out(0x20, 0x48, 0xa0, 0xa0),
    ...inService(0x20),
    ...out(0x21, 0x00),
    ...quietIrq4,
    ...lowerIrq1,
  ],
  'interrupt controllers: automatic EOI': [
    ...initialize(0x03),
    ...pulseIrq4,
    ...poll(0x20),
    ...inService(0x20),
    ...poll(0x20),
    ...quietIrq4,
  ],
  'interrupt controllers: a request through the cascade': [
    ...initialize(0x01),
    ...out(0x1f6, 0xe0),
    ...ataCommand(0xe7),
    ...out(ata.status, 0xe7),
    wait,
    ...requests(0xa0),
    ...poll(0x20),
    ...poll(0xa0),
    ...inService(0x20),
    ...inService(0xa0),
    ...out(0xa0, 0x20),
    ...out(0x20, 0x20),
    ...inService(0x20),
    ...inService(0xa0),
    ...read(ata.status),
  ],
  // QEMU loads a count at once and never shows a null count (bit 6), and its OUT is high only in the modes' steady state.
  'interval timer: status of each mode': [0, 1, 2, 3, 4, 5, 6, 7].flatMap(mode => [
    ...out(0x43, 0x70 | (mode << 1)),
    ...out(0x41, 0x34, 0x12),
    ...out(0x43, 0xe4),
    ...read(0x41, 0x3f),
  ]),
  'interval timer: port 0x61': [0x00, 0x01, 0x02, 0x03].flatMap(value => [...out(0x61, value), ...read(0x61, 0x0f)]),
  'serial port: registers': [
    ...out(0x3f9, 0x00),
    ...read(0x3fa),
    ...out(0x3fb, 0x83),
    ...out(0x3f8, 0x0c),
    ...out(0x3f9, 0x01),
    ...[0x3f8, 0x3f9, 0x3fb].flatMap(port => read(port)),
    ...out(0x3fb, 0x03),
    ...read(0x3f9),
    ...out(0x3ff, 0xa5),
    ...read(0x3ff),
    ...out(0x3fc, 0xff),
    ...read(0x3fc),
    ...out(0x3fc, 0x08),
    ...out(0x3fa, 0xc7),
    ...read(0x3fa),
    ...out(0x3fa, 0x00),
    ...read(0x3fa),
    ...read(0x3fd),
  ],
  // QEMU reports no changes of the modem lines (MSR bits 3–0) for loopback.
  'serial port: loopback': [
    ...[0x11, 0x12, 0x14, 0x18, 0x1f, 0x10].flatMap(mcr => [...out(0x3fc, mcr), ...read(0x3fe, 0xf0)]),
    ...out(0x3f8, 0xae),
    ...read(0x3fd),
    ...read(0x3f8),
    ...read(0x3fd),
    ...out(0x3fa, 0x07),
    ...out(0x3f8, 1, 2, 3),
    ...[1, 2, 3].flatMap(() => [...read(0x3fd), ...read(0x3f8)]),
    ...read(0x3fd),
    ...out(0x3f9, 0x01),
    ...out(0x3f8, 9),
    ...read(0x3fa),
    ...read(0x3f8),
    ...read(0x3fa),
    ...out(0x3f9, 0x00),
    ...out(0x3fa, 0x00),
    ...out(0x3fc, 0x08),
  ],
  'serial port: transmitter interrupt': [
    ...read(0x3fa),
    ...out(0x3f9, 0x02),
    ...read(0x3fa),
    ...read(0x3fa),
    ...out(0x3f8, 0x41),
    ...read(0x3fa),
    ...read(0x3fa),
    ...out(0x3f9, 0x00),
  ],
  // QEMU's command byte before a BIOS has set it is another, and bit 3 of its status is always set.
  'keyboard controller: commands': [
    ...[0xaa, 0xab].flatMap(command => [
      ...out(0x64, command),
      ...read(0x64, 0x37),
      ...read(0x60),
      ...read(0x64, 0x37),
    ]),
    ...out(0x64, 0x60),
    ...out(0x60, 0x45),
    ...out(0x64, 0x20),
    ...read(0x60),
    ...out(0x64, 0xad, 0x20),
    ...read(0x60),
    ...out(0x64, 0xae, 0x20),
    ...read(0x60),
    ...out(0x64, 0xd2),
    ...out(0x60, 0x7e),
    ...read(0x64, 0x37),
    ...read(0x60),
  ],
  'keyboard: answers': [
    ...[[0xee], [0xf4], [0xed, 0x02], [0xf3, 0x20], [0xf2]].flatMap(bytes =>
      bytes.flatMap(byte => [...out(0x60, byte), wait, ...read(0x60)]),
    ),
    wait,
    ...read(0x60),
    wait,
    ...read(0x60),
  ],
  'clock: formats, while SET holds it': [
    ...writeAt(0x70, 0x0b, 0x82),
    ...[
      [9, 0x98],
      [8, 0x10],
      [7, 0x26],
      [6, 0x02],
      [4, 0x18],
      [2, 0x30],
      [0, 0x15],
      [0x32, 0x19],
    ].flatMap(([index, value]) => writeAt(0x70, index, value)),
    ...[9, 8, 7, 6, 4, 2, 0, 0x32].flatMap(index => readAt(0x70, index)),
    ...[0x0b, 0x0d].flatMap(index => readAt(0x70, index)),
    ...readAt(0x70, 0x0a, 0x7f),
    ...writeAt(0x70, 0x0b, 0x02),
    ...[9, 8, 7, 6, 4, 2, 0, 0x32].flatMap(index => readAt(0x70, index)),
    ...read(0x70),
  ],
  'ATA: signature and device selection': [
    ...out(0x1f6, 0xa0),
    ...ataCommand(0x90),
    ...[ata.error, ata.count, ata.low, ata.mid, ata.high].flatMap(port => read(port)),
    ...out(ata.device, 0xb0),
    ...read(ata.status),
    ...out(ata.status, 0xec),
    ...read(ata.status),
    ...out(ata.device, 0xa0),
    ...read(ata.status),
  ],
  'ATA: reads by LBA and CHS': [
    ...select(5, 2),
    ...ataCommand(0x20),
    ...readWords(ata.data, 256),
    wait,
    ...read(ata.status),
    ...read(ata.count),
    ...readWords(ata.data, 256),
    ...read(ata.status),
    ...select(0x000103, 1, 0xa0),
    ...ataCommand(0x21),
    ...readWords(ata.data, 256),
    ...read(ata.status),
  ],
  'ATA: a write and the read after it': [
    ...select(8, 2),
    ...ataCommand(0x30),
    ...writeWords(ata.data, 256, 0x1234),
    wait,
    ...read(ata.status),
    ...writeWords(ata.data, 256, 0x5678),
    wait,
    ...read(ata.status),
    ...select(8, 3),
    ...ataCommand(0x20),
    ...readWords(ata.data, 256),
    wait,
    ...readWords(ata.data, 256),
    wait,
    ...readWords(ata.data, 256),
    ...read(ata.status),
  ],
  'ATA: MULTIPLE': [
    ...out(ata.device, 0xe0),
    ...out(ata.count, 4),
    ...ataCommand(0xc6),
    ...select(20, 6),
    ...ataCommand(0xc4),
    ...readWords(ata.data, 256 * 4),
    wait,
    ...read(ata.status),
    ...readWords(ata.data, 256 * 2),
    ...read(ata.status),
  ],
  // QEMU aborts where a sector does not exist (ABRT, not IDNF), so only the status is compared.
  'ATA: failures': [
    ...out(ata.device, 0xe0),
    ...failingCommand(0xff),
    ...read(ata.error),
    ...out(ata.count, 3),
    ...failingCommand(0xc6),
    ...read(ata.error),
    ...select(100_000, 1),
    ...failingCommand(0x20),
    ...ataCommand(0xe7),
  ],
  'ATA: identification': [
    ...out(ata.device, 0xe0),
    ...ataCommand(0xec),
    ...readWords(ata.data, 4),
    ...[4, 5].map((): Step => ({ kind: 'in', port: ata.data, width: 16, mask: 0 })),
    ...readWords(ata.data, 1),
    ...Array.from({ length: 47 - 7 }, (): Step => ({ kind: 'in', port: ata.data, width: 16, mask: 0 })),
    ...readWords(ata.data, 2),
    // LBA, but not DMA; words 54–62: geometry, size, multiple, LBA size.
    { kind: 'in', port: ata.data, width: 16, mask: 0x0200 },
    ...Array.from({ length: 54 - 50 }, (): Step => ({ kind: 'in', port: ata.data, width: 16, mask: 0 })),
    ...readWords(ata.data, 8),
    ...Array.from({ length: 256 - 62 }, (): Step => ({ kind: 'in', port: ata.data, width: 16, mask: 0 })),
    ...read(ata.status),
  ],
  'VGA: cursor, attribute flip-flop, palette': [
    // Colour: the CRT controller at 0x3d4.
    ...out(0x3c2, 0x67),
    ...writeAt(0x3d4, 0x0e, 0x12),
    ...writeAt(0x3d4, 0x0f, 0x34),
    ...readAt(0x3d4, 0x0e),
    ...readAt(0x3d4, 0x0f),
    ...read(0x3d4),
    // Resets the flip-flop; the retrace itself runs on the host's time there.
    ...read(0x3da, 0),
    ...out(0x3c0, 0x01, 0x2a, 0x21),
    ...read(0x3c1),
    ...read(0x3da, 0),
    ...out(0x3c8, 5),
    ...out(0x3c9, 1, 2, 3),
    ...out(0x3c7, 5),
    ...[1, 2, 3].flatMap(() => read(0x3c9)),
    ...readAt(0x3c4, 0x02, 0),
    ...writeAt(0x3c4, 0x02, 0x0f),
    ...readAt(0x3c4, 0x02),
  ],
  'debug port': read(0xe9),
  'nobody there': [...read(0x2f8), ...readWords(0x300, 1)],
};

const steps = Object.values(scripts).flat();

function onOurs(pc: Pc, step: Step): number | undefined {
  switch (step.kind) {
    case 'out':
      pc.out(step.port, step.value, step.width);
      return undefined;
    case 'in':
      return pc.in(step.port, step.width) & step.mask;
    case 'wait':
      pc.clock.advance(20_000);
      return undefined;
  }
}

const monitorWidths = { 8: 'b', 16: 'h' } as const;
const hasQemu = (): boolean => spawnSync('qemu-system-i386', ['--version']).status === 0;

/** QEMU with its processor stopped, asked for one port access after the other. */
class Qemu {
  private readonly child;
  private readonly lines;

  constructor(image: string) {
    const options = [
      ...['-machine', 'pc', '-m', '64', '-S', '-qmp', 'stdio', '-display', 'none', '-nodefaults', '-vga', 'std'],
      ...['-serial', 'null', '-drive', `if=ide,format=raw,file=${image},snapshot=on`],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
      ...['-chardev', 'null,id=console', '-device', 'isa-debugcon,iobase=0xe9,chardev=console'],
    ];
    this.child = spawn('qemu-system-i386', options, { stdio: ['pipe', 'pipe', 'inherit'], timeout: 60_000 });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stdin.write('{ "execute": "qmp_capabilities" }\n');
  }

  /** The value read, or undefined for a write. */
  async perform(step: Step): Promise<number | undefined> {
    switch (step.kind) {
      case 'out':
        await this.ask(`o /${monitorWidths[step.width]} ${step.port} ${step.value}`);
        return undefined;
      case 'in':
        return (await this.input(step.port, step.width)) & step.mask;
      case 'wait':
        while ((await this.input(0x3f6, 8)) & 0x80);
        return undefined;
    }
  }

  /** The exit code after a write to the debug exit port. */
  async exit(value: number): Promise<number | null> {
    const closed = once(this.child, 'close');
    this.send(`o /b 0xf4 ${value}`);
    await closed;
    return this.child.exitCode;
  }

  private async input(port: number, width: Width): Promise<number> {
    const answer = await this.ask(`i /${monitorWidths[width]} ${port}`);
    return parseInt(/= 0x([0-9a-f]+)/.exec(answer)?.[1] ?? '', 16);
  }

  private send(commandLine: string): void {
    const request = { execute: 'human-monitor-command', id: 1, arguments: { 'command-line': commandLine } };
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
  }

  private async ask(commandLine: string): Promise<string> {
    this.send(commandLine);
    for (;;) {
      const line: IteratorResult<string, undefined> = await this.lines.next();
      if (line.done) throw new Error(`QEMU ended before it answered ${commandLine}`);
      if (line.value.includes('"id": 1')) return line.value;
    }
  }
}

describe('devices against QEMU', () => {
  const expected = new Map<Step, number>();
  let exitCode: number | null = null;

  before(async function () {
    if (!hasQemu()) skipBecause(this, 'qemu-system-i386 is not installed');
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'devices-'));
    try {
      const image = path.join(folder, 'disk.img');
      fs.writeFileSync(image, numberedImage(2016));
      const qemu = new Qemu(image);
      for (const step of steps) {
        const value = await qemu.perform(step);
        if (value !== undefined) expected.set(step, value);
      }
      exitCode = await qemu.exit(0x10);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  const pc = makePc(numberedImage(2016));
  for (const [name, script] of Object.entries(scripts)) {
    it(name, () => {
      const ours = script.map(step => onOurs(pc, step));
      const show = (values: readonly (number | undefined)[]): string[] =>
        script.flatMap((step, index) =>
          step.kind === 'in' ? [`${index}: ${step.port.toString(16)} = ${(values[index] ?? 0).toString(16)}`] : [],
        );
      assert.deepEqual(show(ours), show(script.map(step => expected.get(step))));
    });
  }

  it('debug exit', () => {
    pc.out(0xf4, 0x10);
    assert.equal(pc.exits.at(-1), exitCode);
  });
});
