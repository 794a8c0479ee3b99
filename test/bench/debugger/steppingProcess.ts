// Steps a guest for so many seconds in each of three ways, and prints how many steps each makes in a second: a list of
// numbers. What it steps is the integer program, in ring 3.
import { Breakpoints } from '../../../src/debug/breakpoints';
import { Debuggee } from '../../../src/debug/debuggee';
import { anyStep } from '../../../src/debug/goals';
import { parseLaunchOptions } from '../../../src/debug/launch';
import { nodeFiles } from '../../../src/adapter/nodeHost';
import type { System } from '../../../src/monitor/system';
import { imageFile } from '../image';

/** Far enough to be in the program. */
const instructionsToSkip = 120_000;
/** More than can be stepped. */
const iterations = 100_000;
const stepsAtOnce = 1000;
const generalRegisters = 8;

async function main(): Promise<void> {
  const seconds = Number(process.argv[2]);
  const rates: number[] = [];
  for (const way of [evaluated, registersRead, engineSteps]) {
    const debuggee = await launch();
    for (let skipped = 0; skipped < instructionsToSkip; skipped++) debuggee.system.step();
    rates.push(await rate(seconds, () => way(debuggee)));
    debuggee.dispose();
  }
  console.log(JSON.stringify(rates));
}

function launch(): Promise<Debuggee> {
  const options = parseLaunchOptions({
    program: imageFile('integer', iterations),
    technique: 'none',
    memoryMb: 64,
  });
  const breakpoints = new Breakpoints();
  breakpoints.setFilters([]);
  const nothing = (): void => {};
  const host = {
    yieldTurn: () => Promise.resolve(),
    turnIsOver: () => false,
    log: nothing,
    serialOutput: nothing,
    debugOutput: nothing,
  };
  return Debuggee.launch(options, nodeFiles, host, breakpoints);
}

/** `stepMany` makes `stepsAtOnce` steps. */
async function rate(seconds: number, stepMany: () => Promise<void>): Promise<number> {
  await stepMany();
  const before = process.cpuUsage();
  let steps = 0;
  for (;;) {
    await stepMany();
    steps += stepsAtOnce;
    const { user, system } = process.cpuUsage(before);
    const taken = (user + system) / 1e6;
    if (taken >= seconds) return steps / taken;
  }
}

async function evaluated({ system }: Debuggee): Promise<void> {
  for (let step = 0; step < stepsAtOnce; step++) system.step();
}

async function registersRead({ system }: Debuggee): Promise<void> {
  let seen = 0;
  for (let step = 0; step < stepsAtOnce; step++) {
    system.step();
    seen |= registersOf(system);
  }
  void seen;
}

function registersOf(system: System): number {
  const state = system.believed();
  let seen = state.eip | state.eflags;
  for (let register = 0; register < generalRegisters; register++) seen |= state.gpr(register);
  return seen;
}

async function engineSteps({ engine }: Debuggee): Promise<void> {
  for (let step = 0; step < stepsAtOnce; step++) await engine.run(anyStep);
}

void main();
