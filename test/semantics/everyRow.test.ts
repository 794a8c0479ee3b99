// Every row of the opcode tables, in every mode and form of operand, has a meaning that keeps the builder's rules: widths
// agree, and nothing may fault after the state has begun to change.

import assert from 'node:assert/strict';
import { MicroOpCode, type MicroProgram } from '../../src/ir/microOp';
import { translate } from '../../src/ir/translate';
import { decode } from '../../src/isa/decode';
import { encodingOf, opcodeRows } from '../../src/isa/opcodes';
import type { OpcodeRow } from '../../src/isa/opcodeRow';
import { mnemonics } from '../../src/isa/mnemonics';
import { separateFlags } from '../../src/isa/flags';
import { stateOffset } from '../../src/isa/state';
import { flagEffects } from '../isa/icedFlags';
import { helperNames, helperRow } from '../../src/semantics/helpers';
import type { ExecutionMode } from '../../src/semantics/builder';
import { instructionBytes, type Modrm } from './instructionBytes';

const sizes = [16, 32] as const;
const privileges = [
  { cpl: 0, protectedMode: false, virtual8086: false },
  { cpl: 0, protectedMode: true, virtual8086: false },
  { cpl: 3, protectedMode: true, virtual8086: false },
  { cpl: 3, protectedMode: true, virtual8086: true },
] as const;
const modes: readonly ExecutionMode[] = sizes.flatMap(codeSize =>
  sizes.flatMap(stackSize => privileges.map(privilege => ({ codeSize, stackSize, ...privilege }))),
);

/** A register; a plain address; one that uses ESP; an index. */
const forms: readonly Modrm[] = [
  { kind: 'register', rm: 3 },
  { kind: 'register', rm: 4 },
  { kind: 'memory', mod: 0, rm: 6, displacement: 0x1234 },
  { kind: 'memory', mod: 1, rm: 4, sib: 0x24, displacement: 8 },
  { kind: 'memory', mod: 2, rm: 4, sib: 0x8b, displacement: 0x100 },
];
const prefixSets = [0, 1, 2, 3].map(bits => [...(bits & 1 ? [0x66] : []), ...(bits & 2 ? [0x67] : [])]);
const repeats = [[], [0xf3], [0xf2]];

function formsOf(row: OpcodeRow): readonly Modrm[] {
  const { hasModrm, form } = encodingOf(row);
  // without ModRM the form does not matter; moves of control and debug registers take every ModRM byte for a register's
  if (!hasModrm || row.operands.includes('Rd')) return forms.slice(0, 1);
  return form === undefined ? forms : forms.filter(({ kind }) => kind === form);
}

function* encodings(row: OpcodeRow, codeSize: 16 | 32): Generator<Uint8Array> {
  const other = codeSize === 32 ? 16 : 32;
  for (const sizePrefixes of prefixSets)
    for (const repeat of row.repeatable ? repeats : [[]])
      for (const modrm of formsOf(row))
        for (const reg of [0, 3])
          yield Uint8Array.from(
            instructionBytes(row, {
              prefixes: [...repeat, ...sizePrefixes],
              operandSize: sizePrefixes.includes(0x66) ? other : codeSize,
              addressSize: sizePrefixes.includes(0x67) ? other : codeSize,
              modrm,
              reg,
              immediate: () => 0x11,
            }),
          );
}

function translateEverywhere(row: OpcodeRow): void {
  for (const mode of modes) for (const { ops } of programs(row, mode)) assert(ops.length > 0);
}

function* programs(row: OpcodeRow, mode: ExecutionMode): Generator<MicroProgram> {
  for (const bytes of encodings(row, mode.codeSize)) {
    const decoded = decode(bytes, 0, bytes.length, mode.codeSize);
    assert(decoded.kind === 'instruction', `${Buffer.from(bytes).toString('hex')} is ${decoded.kind}`);
    assert.equal(decoded.instruction.row, row);
    assert.equal(decoded.instruction.length, bytes.length);
    yield translate(decoded.instruction, mode);
  }
}

/** Flags that a program reads or writes itself; helpers may do it with others. */
const flagsOf = ({ ops }: MicroProgram, access: MicroOpCode): readonly string[] =>
  separateFlags
    .filter(flag => ops.some(({ code, immediate }) => code === access && immediate === stateOffset[flag]))
    .map(flag => flag.charAt(0));

/** Letters of flags that programs read and write one by one. */
const tracked = (letters: string): readonly string[] =>
  separateFlags.map(flag => flag.charAt(0)).filter(letter => letters.includes(letter));

/** All programs that do it all themselves: no helper, which may look at flags; x87 instructions only raise an exception. */
function eachProgram(look: (row: OpcodeRow, program: MicroProgram) => void): void {
  for (const row of opcodeRows.filter(({ mnemonic }) => mnemonic !== 'esc'))
    for (const program of programs(row, flatMode))
      if (!program.ops.some(({ code }) => code === MicroOpCode.call)) look(row, program);
}

const leavesInOrder = ({ ops }: MicroProgram): boolean =>
  ops.every(({ code, immediate }) =>
    code === MicroOpCode.call
      ? helperRow(helperNames[immediate]).transfersControl !== true
      : code !== MicroOpCode.jump && code !== MicroOpCode.jumpIf,
  );

const flatMode: ExecutionMode = { codeSize: 32, stackSize: 32, cpl: 0, protectedMode: true, virtual8086: false };

describe('the flags of every opcode row', () => {
  it('are read where iced says so', () => {
    eachProgram((row, program) => {
      const { read } = flagEffects(row);
      const ours = flagsOf(program, MicroOpCode.readState);
      for (const flag of tracked(read)) assert(ours.includes(flag), `${row.mnemonic} ${row.opcode}: ${flag}`);
    });
  });

  it('are written where iced says so', () => {
    eachProgram((row, program) => {
      const { written } = flagEffects(row);
      const ours = flagsOf(program, MicroOpCode.writeState);
      for (const flag of tracked(written)) assert(ours.includes(flag), `${row.mnemonic} ${row.opcode}: ${flag}`);
    });
  });

  it('are written nowhere else, but where they are left undefined', () => {
    for (const row of opcodeRows) {
      const { written, leftUndefined } = flagEffects(row);
      for (const program of programs(row, flatMode))
        for (const flag of flagsOf(program, MicroOpCode.writeState))
          assert(`${written}${leftUndefined}`.includes(flag), `${row.mnemonic} ${row.opcode}: ${flag}`);
    }
  });
});

describe('the columns of every opcode row', () => {
  it('say of every transfer of control that it ends a block', () => {
    for (const row of opcodeRows)
      for (const program of programs(row, flatMode))
        assert(leavesInOrder(program) || row.endsBlock === true, `${row.mnemonic} ${row.opcode}`);
  });
});

describe('the meaning of every opcode row', () => {
  for (const mnemonic of mnemonics) {
    it(mnemonic, () => {
      const rows = opcodeRows.filter(row => row.mnemonic === mnemonic);
      assert(rows.length > 0, 'no row has this mnemonic');
      rows.forEach(translateEverywhere);
    });
  }
});
