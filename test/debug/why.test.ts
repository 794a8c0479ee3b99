// Why an instruction traps, or does not: its class, what decides, and what each technique makes of it, in each ring.
import assert from 'node:assert/strict';
import { runCommand } from '../../src/debug/console/commands';
import { never } from '../../src/debug/goals';
import { whyAt } from '../../src/debug/why/why';
import { ringsGuest } from '../adapter/ringsGuest';
import { breakAt, guestFrom, type TestGuest } from './guest';

const instructions =
  'cli;popf;mov cr3, eax;in al, 0x60;rdtsc;rdpmc;smsw ax;mov ax, cs;mov ax, ds;int 0x80;add eax, ebx;hlt;retf'.split(
    ';',
  );
const guest = `${ringsGuest}looked_at:\n${instructions.map((text, index) => `at_${index}: ${text}`).join('\n')}\n`;

type Row = readonly [kind: string, none: string, trapAndEmulate: string];

const inKernel: readonly Row[] = [
  ['privileged', 'runs', 'emulated'],
  ['silent', 'runs', 'silent'],
  ['privileged', 'runs', 'emulated'],
  ['privileged', 'runs', 'emulated'],
  ['innocuous', 'runs', 'emulated'],
  ['privileged', 'runs', 'emulated'],
  ['silent', 'runs', 'silent'],
  ['silent', 'runs', 'silent'],
  ['silent', 'runs', 'runs'],
  ['sensitive', 'runs', 'emulated'],
  ['innocuous', 'runs', 'runs'],
  ['privileged', 'runs', 'emulated'],
  ['sensitive', 'runs', 'depends'],
];

const inProgram: readonly Row[] = [
  ['privileged', 'faults', 'reflected'],
  ['silent', 'runs', 'runs'],
  ['privileged', 'faults', 'reflected'],
  ['privileged', 'faults', 'reflected'],
  ['innocuous', 'runs', 'emulated'],
  ['privileged', 'faults', 'reflected'],
  ['silent', 'runs', 'runs'],
  ['silent', 'runs', 'runs'],
  ['silent', 'runs', 'runs'],
  ['sensitive', 'runs', 'emulated'],
  ['innocuous', 'runs', 'runs'],
  ['privileged', 'faults', 'reflected'],
  ['sensitive', 'runs', 'depends'],
];

async function at(label: string, technique: string): Promise<TestGuest> {
  const stopped = await guestFrom(guest, { technique });
  breakAt(stopped, label);
  await stopped.engine.run(never);
  return stopped;
}

const judged = (stopped: TestGuest): Row[] =>
  instructions.map((_, index) => {
    const why = whyAt(stopped.symbols.valueOf(`at_${index}`) ?? -1, stopped);
    const [none, trapAndEmulate] = why.outcomes.map(({ kind }) => kind);
    return [why.class, none, trapAndEmulate];
  });

describe('why an instruction traps', function () {
  this.slow(2000);
  for (const technique of ['none', 'trapAndEmulate']) {
    it(`in the kernel, under ${technique}`, async () =>
      assert.deepEqual(judged(await at('system_call', technique)), inKernel));
    it(`in the program, under ${technique}`, async () =>
      assert.deepEqual(judged(await at('program', technique)), inProgram));
  }

  it('is told in the Debug Console, with the bit that decides', async () => {
    const stopped = await at('system_call', 'trapAndEmulate');
    const lines = runCommand('why at_0', stopped, stopped.context) ?? [];
    assert.match(lines[0], /^cli at at_0 \(0x[0-9a-f]{8}\): privileged \(needs CPL ≤ IOPL\)$/);
    assert.deepEqual(lines.slice(1), [
      'The guest believes: CPL 0 ≤ IOPL 0.',
      'none: the processor carries it out (CPL 0 ≤ IOPL 0)',
      'trapAndEmulate (now): it traps, as on the hardware CPL 1 > IOPL 0; the monitor carries it out on the virtual CPU (CPL 0 ≤ IOPL 0)',
    ]);
    assert.match(runCommand('why', stopped, stopped.context)?.[0] ?? '', /^cmp eax, .* at system_call/);
    assert.match((runCommand('why at_3', stopped, stopped.context) ?? [])[1], /port is 0x60/);
    assert.throws(
      () => runCommand('why nowhere', stopped, stopped.context),
      /"nowhere" is neither a register nor a label/,
    );
    assert.throws(() => runCommand('why 0xe0000000', stopped, stopped.context), /no instruction at 0xe0000000/);
  });

  it('is about what has trapped, while the monitor has control', async () => {
    const stopped = await guestFrom(guest, { technique: 'trapAndEmulate' });
    await stopped.engine.run({ ...never, entersMonitor: 'caused' });
    await stopped.engine.stepMonitor('over');
    assert.match(runCommand('why', stopped, stopped.context)?.[0] ?? '', /^lgdt .* at start/);
  });
});
