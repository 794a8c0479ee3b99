// What a client of the adapter sees: how soon a session stops, how fast it steps, how much memory it takes.
import path from 'node:path';
import { guestsFolder, imageFile } from '../image';
import { AdapterProcess } from './adapterProcess';

const guest = { program: path.join(guestsFolder, 'integer.asm'), technique: 'none' };
/** Steps before the clock starts. */
const warmUpSteps = 200;
/** iterations of a guest that is to be interrupted */
const endless = 1_000_000;
const msBeforePause = 300;

/** In the order of the table in measureDebugger.ts. */
export async function measureAdapter(seconds: number): Promise<readonly number[]> {
  const [started, launched] = await firstStopMs();
  const adapter = new AdapterProcess();
  try {
    await adapter.initialize();
    await adapter.launch({ ...guest, memoryMb: 64 }, 'work');
    const steps = await rate(seconds, () => adapter.step());
    const readSteps = await rate(seconds, async () => {
      await adapter.step();
      await adapter.readRegisters();
    });
    return [started, launched, steps, readSteps, await answers(seconds), await pauseMs(), await sessionMegabytes()];
  } finally {
    await adapter.end();
  }
}

/** From the process's start, and from the launch request, to the stop at the guest's entry. */
async function firstStopMs(): Promise<[number, number]> {
  const start = performance.now();
  const adapter = new AdapterProcess();
  try {
    await adapter.initialize();
    const ready = performance.now();
    await adapter.launch({ ...guest, memoryMb: 64 });
    const end = performance.now();
    return [end - start, end - ready];
  } finally {
    await adapter.end();
  }
}

/** A step whose registers are read waits for four of them, one after the other. */
async function answers(seconds: number): Promise<number> {
  const process = new AdapterProcess(path.resolve('out/bench/bench/debugger/answeringProcess.js'));
  try {
    return await rate(seconds, async () => {
      await process.client.customRequest('nothing');
    });
  } finally {
    await process.end();
  }
}

/** From the request to the stop, while the guest computes. */
async function pauseMs(): Promise<number> {
  const adapter = new AdapterProcess();
  try {
    await adapter.initialize();
    await adapter.launch({ program: imageFile('integer', endless), technique: 'none', memoryMb: 64 });
    await adapter.client.continueRequest({ threadId: 1 });
    await new Promise(resolve => setTimeout(resolve, msBeforePause));
    const start = performance.now();
    const stopped = adapter.stopped();
    await adapter.client.pauseRequest({ threadId: 1 });
    await stopped;
    return performance.now() - start;
  } finally {
    await adapter.end();
  }
}

async function sessionMegabytes(): Promise<number> {
  const adapter = new AdapterProcess();
  try {
    await adapter.initialize();
    await adapter.launch({ ...guest, memoryMb: 16 }, 'finish');
    await adapter.readRegisters();
    return adapter.megabytes();
  } finally {
    await adapter.end();
  }
}

async function rate(seconds: number, step: () => Promise<void>): Promise<number> {
  for (let steps = 0; steps < warmUpSteps; steps++) await step();
  const start = performance.now();
  for (let steps = 1; ; steps++) {
    await step();
    const taken = (performance.now() - start) / 1000;
    if (taken >= seconds) return steps / taken;
  }
}
