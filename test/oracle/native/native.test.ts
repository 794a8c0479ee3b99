// Our processor against this machine's own: every user-mode row of the opcode tables, random operands, one instruction at
// a time; registers, flags, memory, exceptions with their error codes and addresses must come out the same.
//
// ORACLE_CASES sets how many cases (20,000), ORACLE_SEED where randomness begins.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Vector } from '../../../src/isa/exceptions';
import { opcodeRows } from '../../../src/isa/opcodes';
import type { OpcodeRow } from '../../../src/isa/opcodeRow';
import type { Mnemonic } from '../../../src/isa/mnemonics';
import { randomFrom } from '../../semantics/random';
import { describeCase, differences } from './compare';
import { EmulatedProcessor } from './emulatedProcessor';
import { generateCase } from './generateCase';
import type { Outcome } from './nativeCase';
import { compileHarness, runNatively } from './nativeProcessor';
import { noteInSummary, skipBecause } from '../../summary';

const caseCount = Number(process.env['ORACLE_CASES'] ?? 20_000);
const seed = Number(process.env['ORACLE_SEED'] ?? 1);
const batchSize = 20_000;
const shownFailures = Number(process.env['ORACLE_SHOW'] ?? 20);
const poolSizeBytes = 0x10000;

/** What one instruction cannot tell, or what belongs to Linux or to a newer processor. */
const excluded: { readonly [mnemonic in Mnemonic]?: string } = {
  cpuid: 'tells about the processor',
  rdtsc: 'tells the time',
  rdpmc: 'depends on CR4.PCE',
  sgdt: 'UMIP: emulated by Linux',
  sidt: 'UMIP: emulated by Linux',
  sldt: 'UMIP: emulated by Linux',
  smsw: 'UMIP: emulated by Linux',
  str: 'UMIP: emulated by Linux',
  sysenter: 'a system call, and undefined on AMD',
  sysexit: 'undefined on AMD',
  esc: 'this processor has an x87',
  x87Probe: 'this processor has an x87',
  wait: 'this processor has an x87',
  int3: 'reported like the single-step trap',
  int1: 'reported like the single-step trap',
};

describe('the native processor as oracle', function () {
  this.timeout(0);
  const rows = opcodeRows.filter(({ mnemonic }) => excluded[mnemonic] === undefined);

  it(`runs ${caseCount} random instructions as the native processor does (seed ${seed})`, function () {
    const harness = compileHarness();
    if ('missing' in harness) return skipBecause(this, `the native processor: ${harness.missing}`);
    after(() => fs.rmSync(path.dirname(harness.program), { recursive: true }));
    const failures: string[] = [];
    for (let first = 0; first < caseCount; first += batchSize) {
      const count = Math.min(batchSize, caseCount - first);
      failures.push(...compareBatch(harness.program, rows, count, seed + first));
    }
    noteInSummary(this, `native processor: ${caseCount} instructions compared`);
    assert.equal(failures.length, 0, `${failures.length} cases differ\n${failures.slice(0, shownFailures).join('\n')}`);
  });
});

function compareBatch(program: string, rows: readonly OpcodeRow[], count: number, batchSeed: number): string[] {
  const random = randomFrom(batchSeed);
  const pool = Uint8Array.from({ length: poolSizeBytes }, () => random.word());
  const processor = new EmulatedProcessor(pool);
  const runs = Array.from({ length: count }, (_, index) => {
    const row = rows[(batchSeed + index) % rows.length];
    const native = generateCase(random, row, poolSizeBytes);
    return { row, native, ours: processor.run(native) };
  }).filter(({ ours }) => !touchesHarness(ours));
  const outcomes = runNatively(
    program,
    pool,
    runs.map(({ native }) => native),
  );
  return runs.flatMap(({ row, native, ours }, index) => {
    const found = differences(row, native, outcomes[index], ours);
    return found.length === 0 ? [] : [`${describeCase(row, native)}\n    ${found.join('\n    ')}`];
  });
}

/** Natively the harness itself lies there, with its stack and what the kernel maps; for us nothing does. */
function touchesHarness({ exception }: Outcome): boolean {
  if (exception?.vector !== Vector.pageFault) return false;
  const { faultAddress } = exception;
  return faultAddress >= 0xf0000000 || (faultAddress >= 0x70000000 && faultAddress < 0x71000000);
}
