// Conditions that are joined with what sets their flags, against the evaluator, for which flags are flags.

import assert from 'node:assert/strict';
import type { MicroProgram } from '../../src/ir/microOp';
import { translate } from '../../src/ir/translate';
import { decode } from '../../src/isa/decode';
import { flatMode, OneBlockMachine } from './oneBlock';

const values = [0, 1, 2, 0x7e, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff];

/** Of EAX and EBX, at each width. */
const comparisons: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['cmp al, bl', [0x38, 0xd8]],
  ['cmp ax, bx', [0x66, 0x39, 0xd8]],
  ['cmp eax, ebx', [0x39, 0xd8]],
  ['cmp eax, 0', [0x83, 0xf8, 0]],
  ['sub eax, ebx', [0x29, 0xd8]],
  ['test eax, ebx', [0x85, 0xd8]],
  ['test al, al', [0x84, 0xc0]],
  ['dec eax', [0x48]],
  ['inc eax', [0x40]],
  ['add eax, ebx', [0x01, 0xd8]],
  ['sbb eax, ebx', [0x19, 0xd8]],
  ['neg eax', [0xf7, 0xd8]],
];

function programOf(bytes: readonly number[]): MicroProgram {
  const decoded = decode(Uint8Array.from(bytes), 0, bytes.length, 32);
  assert.equal(decoded.kind, 'instruction');
  return decoded.kind === 'instruction' ? translate(decoded.instruction, flatMode) : assert.fail();
}

describe('a condition right after what sets its flags', () => {
  for (const [name, bytes] of comparisons)
    it(name, () => {
      for (let condition = 0; condition < 16; condition++) {
        const programs = [bytes, [0x0f, 0x90 | condition, 0xc1]].map(programOf);
        for (const a of values)
          for (const b of values) compareRuns(programs, a, b, `${name}, ${condition}: ${a}, ${b}`);
      }
    });
});

const [reference, machine] = [new OneBlockMachine(), new OneBlockMachine()];

function compareRuns(programs: readonly MicroProgram[], a: number, b: number, what: string): void {
  for (const { state } of [reference, machine]) {
    state.eip = 0x1000;
    [a, 0, 0, b].forEach((value, index) => state.setGpr(index, value));
    state.eflags = 2;
  }
  for (const program of programs) reference.evaluate(program);
  machine.runAsBlock(programs);
  assert.deepEqual(machine.state.words, reference.state.words, what);
}
