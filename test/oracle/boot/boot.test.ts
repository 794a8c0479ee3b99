// Boot sectors and kernels of many kinds start and run here as they do elsewhere: what each leaves on the text page and sends
// to COM1 is what it does on QEMU, whose BIOS is SeaBIOS, under every technique.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Breakpoints } from '../../../src/debug/breakpoints';
import { Debuggee } from '../../../src/debug/debuggee';
import { never } from '../../../src/debug/goals';
import { parseLaunchOptions } from '../../../src/debug/launch';
import { type TechniqueName, techniqueNames } from '../../../src/monitor/system';
import { compile, guestsFolder } from './buildGuest';
import { type BootGuest, bootGuests, prompt, typedKeys } from './guests';
import { missing, runOnQemu } from './runOnQemu';
import { type Outcome, screenLines } from './screen';

const textPage = { address: 0xb8000, bytes: 4000 };
const mostSteps = 5_000_000;
/** QEMUs at once */
const workers = 2;

async function start(guest: BootGuest, technique: TechniqueName, elf?: Uint8Array): Promise<[Debuggee, () => string]> {
  let serial = '';
  const host = {
    yieldTurn: async () => {},
    turnIsOver: () => false,
    log: () => {},
    debugOutput: () => {},
    serialOutput: (byte: number) => {
      serial += String.fromCharCode(byte);
      if (guest.typed && serial.endsWith(prompt)) debuggee.system.running.devices.keyboard.type(typedKeys.codes);
    },
  };
  const files = {
    read: async (file: string) => (elf && file.endsWith('.elf') ? elf : fs.readFileSync(path.join(guestsFolder, file))),
  };
  const boot = guest.medium === 'floppy' ? 'floppy' : 'auto';
  const options = parseLaunchOptions({ program: elf ? 'kernel.elf' : guest.file, technique, boot });
  const breakpoints = new Breakpoints();
  breakpoints.setFilters([]);
  const debuggee: Debuggee = await Debuggee.launch(options, files, host, breakpoints);
  return [debuggee, () => serial];
}

async function run(guest: BootGuest, technique: TechniqueName, elf?: Uint8Array): Promise<Outcome> {
  const [debuggee, serial] = await start(guest, technique, elf);
  const stop = await debuggee.engine.run(never, { mostSteps });
  const ending = stop.kind === 'ended' ? stop.ending : stop;
  assert.deepEqual(ending, { kind: 'halted', interruptsOn: false, inFirmware: false });
  const page = debuggee.system.running.memory.slice(textPage.address, textPage.bytes);
  return { screen: screenLines(page), serial: serial() };
}

/** Each guest’s outcome on QEMU, `workers` at a time. */
async function askQemu(
  guests: readonly BootGuest[],
  images: ReadonlyMap<BootGuest, Uint8Array>,
): Promise<Map<BootGuest, Outcome>> {
  const outcomes = new Map<BootGuest, Outcome>();
  const left = guests.values();
  const work = async (): Promise<void> => {
    for (const guest of left) {
      const image = images.get(guest);
      if (image) outcomes.set(guest, await runOnQemu(guest, image));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

const isInC = ({ file }: BootGuest): boolean => file.endsWith('.c');

describe('boot sectors and kernels, as on QEMU', function () {
  if (missing !== undefined) {
    it('are compared', function () {
      console.log(`skipped: ${missing}`);
      this.skip();
    });
    return;
  }
  const compiled = new Map<BootGuest, Uint8Array>();
  let expected = new Map<BootGuest, Outcome>();

  before(async function () {
    this.timeout(600_000);
    const images = new Map<BootGuest, Uint8Array>();
    for (const guest of bootGuests) {
      const elf = isInC(guest) ? compile(guest) : undefined;
      if (elf) compiled.set(guest, elf);
      const image = isInC(guest) ? elf : (await start(guest, 'none'))[0].system.running.program.image?.bytes;
      if (image) images.set(guest, image);
    }
    expected = await askQemu(bootGuests, images);
  });

  it('are forty or more', () => assert.ok(bootGuests.length >= 40));

  for (const guest of bootGuests)
    for (const technique of techniqueNames)
      it(`${guest.file} as a ${guest.medium} under ${technique}`, async function () {
        if (isInC(guest) && !compiled.has(guest)) {
          console.log('skipped: gcc makes no 32-bit programs here');
          this.skip();
        }
        const theirs = expected.get(guest);
        assert.ok(theirs && theirs.serial.length + theirs.screen.length > 0, 'QEMU shows nothing');
        assert.deepEqual(await run(guest, technique, compiled.get(guest)), theirs);
      });
});
