// The tree of bytes against the decoder: whatever it was taught before, it finds the form of the same length, with the fields
// where the decoder says that they are.

import assert from 'node:assert/strict';
import { currentModeKey } from '../../../src/cpu/tiers/programCache';
import { InstructionForms } from '../../../src/cpu/tiers/instructionForms';
import { ProcessorState } from '../../../src/cpu/registers/state';
import { decode } from '../../../src/isa/decode';
import { startInProtectedMode } from '../../../src/machine/startState';
import { type Random, randomFrom } from '../../semantics/random';

const flat = 7;
const seed = 1;
const cases = 20_000;

function modeKey(): number {
  const state = new ProcessorState();
  startInProtectedMode(state, { entry: 0x1000, gdtBase: 0x500, stackPointer: 0x9000 });
  return currentModeKey(state);
}

function formsFor(seesAll: boolean): InstructionForms {
  const numbers = new Map<string, number>();
  return new InstructionForms({ modeKey: modeKey(), flat, seesAll }, ({ key }) => {
    const number = numbers.get(key) ?? numbers.size + 1;
    numbers.set(key, number);
    return number;
  });
}

/** Mostly common opcodes, so that the same signatures come again with other fields. */
function randomBytes(random: Random): Uint8Array {
  const bytes = Uint8Array.from({ length: 16 }, () => random.word());
  if (random.chance(30)) bytes[0] = random.pick([0x66, 0x67, 0x26, 0xf3]);
  if (random.chance(60)) bytes[1] &= 0xc7;
  return bytes;
}

describe('forms of instructions', () => {
  it(`are found as decoded (seed ${seed})`, () => {
    const random = randomFrom(seed);
    const forms = formsFor(false);
    let found = 0;
    for (let count = 0; count < cases; count++) {
      const bytes = randomBytes(random);
      const available = 1 + random.below(15);
      const form = forms.at(bytes, 0, available);
      const decoded = decode(bytes, 0, available, 32);
      if (!form) continue;
      found++;
      assert.equal(decoded.kind, 'instruction', `${bytes.join(' ')} of ${available}`);
      if (decoded.kind !== 'instruction') return;
      assert.equal(form.length, decoded.instruction.length);
      if (form.fields.length > 0) assert.deepEqual(form.fields, decoded.instruction.fields);
    }
    assert.ok(found > cases / 4, `${found} found`);
  });

  const privileged: readonly [string, readonly number[]][] = [
    ['CLI', [0xfa]],
    ['MOV to CR3', [0x0f, 0x22, 0xd8]],
    ['PUSHF', [0x9c]],
    ['MOV to DS', [0x8e, 0xd8]],
  ];
  for (const [name, bytes] of privileged)
    it(`leave ${name} to the evaluator where somebody looks`, () => {
      const found = (seesAll: boolean): unknown => formsFor(seesAll).at(Uint8Array.from(bytes), 0, bytes.length);
      assert.ok(found(false));
      assert.equal(found(true), undefined);
    });
});
