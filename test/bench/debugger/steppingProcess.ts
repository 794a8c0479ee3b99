// Steps a guest for so many seconds in each of four ways, and prints how many steps each makes in a second; then runs it
// into conditional breakpoints, and prints how many of those are judged: a list of numbers. What it steps is the integer
// program, in ring 3; what it runs is a loop of its own.
import { type BreakpointRequest, Breakpoints } from '../../../src/debug/breakpoints';
import { Debuggee } from '../../../src/debug/debuggee';
import { anyStep, never } from '../../../src/debug/goals';
import { parseLaunchOptions } from '../../../src/debug/launch';
import { nodeFiles } from '../../../src/adapter/nodeHost';
import type { System } from '../../../src/monitor/system';
import { imageFile } from '../image';
import { InProcessClient } from './inProcessClient';

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
  rates.push(await sessionSteps(seconds));
  for (const request of [onCode, onData]) rates.push(await hitRate(seconds, request));
  console.log(JSON.stringify(rates));
}

const loopStart = 0x100000;
const counter = 0x102000;
const loop = `bits 32
org ${loopStart}
  inc dword [${counter}]
  jmp $$
`;
const neverTrue = 'esp == 1';
const onCode: BreakpointRequest = { addresses: [loopStart], condition: neverTrue };
const range = { first: counter, last: counter + 3, reads: false, writes: true };
const onData: BreakpointRequest = { addresses: [], range, condition: neverTrue };
const stepsOfHits = 100_000;

/** Hits a second of processor time, one in each round of a loop of two instructions. */
async function hitRate(seconds: number, request: BreakpointRequest): Promise<number> {
  const breakpoints = new Breakpoints();
  breakpoints.replace('measured', request.range ? 'data' : 'instruction', [request]);
  const { engine } = await launch(breakpoints, { program: 'loop.asm', technique: 'none' }, loop);
  const steps = await rate(seconds, () => engine.run(never, { mostSteps: stepsOfHits }));
  return (steps / stepsAtOnce) * (stepsOfHits / 2);
}

const integer = { program: imageFile('integer', iterations), technique: 'none', memoryMb: 64 };

async function sessionSteps(seconds: number): Promise<number> {
  const client = new InProcessClient();
  await client.launch(integer);
  return rate(seconds, async () => {
    for (let step = 0; step < stepsAtOnce; step++) await client.stepAndReadRegisters();
  });
}

function launch(breakpoints = new Breakpoints(), launched: object = integer, source?: string): Promise<Debuggee> {
  const options = parseLaunchOptions({ ...launched });
  const files = source === undefined ? nodeFiles : { read: () => Promise.resolve(new TextEncoder().encode(source)) };
  breakpoints.setFilters([]);
  const nothing = (): void => {};
  const host = {
    yieldTurn: () => Promise.resolve(),
    turnIsOver: () => false,
    log: nothing,
    serialOutput: nothing,
    debugOutput: nothing,
  };
  return Debuggee.launch(options, files, host, breakpoints);
}

/** `stepMany` makes `stepsAtOnce` steps. */
async function rate(seconds: number, stepMany: () => Promise<unknown>): Promise<number> {
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
  const state = system.running.believed();
  let seen = state.eip | state.eflags;
  for (let register = 0; register < generalRegisters; register++) seen |= state.gpr(register);
  return seen;
}

async function engineSteps({ engine }: Debuggee): Promise<void> {
  for (let step = 0; step < stepsAtOnce; step++) await engine.run(anyStep);
}

void main();
