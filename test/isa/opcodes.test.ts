// The opcode tables: whole, free of contradictions, and true as far as iced-x86 knows.

import assert from 'node:assert/strict';
import { FlowControl, type OpCodeInfo } from 'iced-x86';
import { decode } from '../../src/isa/decode';
import { mnemonics, type Mnemonic } from '../../src/isa/mnemonics';
import { opcodeRows, rowsOf } from '../../src/isa/opcodes';
import type { ControlFlow, OpcodeRow } from '../../src/isa/opcodeRow';
import { askIced } from './icedFlags';
import { sampleEncodings } from './sampleEncoding';

function askOpCode<T>(row: OpcodeRow, look: (info: OpCodeInfo) => T): T {
  return askIced(row, ({ opCode }) => {
    const answer = look(opCode);
    opCode.free();
    return answer;
  });
}

/** Rows for which `ours` and `theirs` differ, except those of `exceptions`, which must differ in at least one row. */
function differences<T>(
  ours: (row: OpcodeRow) => T,
  theirs: (row: OpcodeRow) => T,
  exceptions: { readonly [mnemonic in Mnemonic]?: string } = {},
): readonly string[] {
  const differing = opcodeRows.filter(row => ours(row) !== theirs(row));
  const excused = new Set<Mnemonic>(differing.map(({ mnemonic }) => mnemonic));
  const idle = mnemonics.filter(mnemonic => mnemonic in exceptions && !excused.has(mnemonic));
  return [
    ...differing
      .filter(({ mnemonic }) => !(mnemonic in exceptions))
      .map(row => `${row.opcode} ${row.mnemonic}: ours ${String(ours(row))}, iced ${String(theirs(row))}`),
    ...idle.map(mnemonic => `${mnemonic}: the exception is not needed`),
  ];
}

const noFpu = 'x87 instructions do nothing but fault here';
const v86 = 'heeds IOPL in virtual-8086 mode only, which iced does not count';
const byCr4 = 'depends on CR4, which iced does not count';
const stackWidth = 'a new SS may change the width of the stack pointer';
const newContext = 'changes how the next instruction is fetched, or whether it is';
const interruptsMayCome = 'may let an interrupt in';
const machineMayChange = 'a port may reset or stop the machine';
const withoutStack = 'leaves no return address on a stack, and takes none from there';

describe('opcode tables', () => {
  it('have a row for every mnemonic', () => {
    assert.deepEqual(
      mnemonics.filter(mnemonic => rowsOf(mnemonic).length === 0),
      [],
    );
  });

  it('decode each encoding to its own row', () => {
    for (const row of opcodeRows) {
      for (const codeSize of [16, 32] as const) {
        for (const sample of sampleEncodings(row)) {
          const decoded = decode(Uint8Array.from(sample), 0, sample.length, codeSize);
          assert(decoded.kind === 'instruction', row.opcode);
          assert.equal(decoded.instruction.row, row);
          assert.equal(decoded.instruction.operands.length, row.operands.length);
        }
      }
    }
  });

  it('write each opcode once, lower case', () => {
    assert.equal(new Set(opcodeRows.map(row => row.opcode)).size, opcodeRows.length);
    assert.deepEqual(
      opcodeRows.filter(({ opcode }) => opcode !== opcode.toLowerCase()),
      [],
    );
  });

  it('agree with iced on CPL 0', () => {
    assert.deepEqual(
      differences(
        row => row.privilege === 'cpl0',
        row => askOpCode(row, info => info.mustBeCpl0),
      ),
      [],
    );
  });

  it('agree with iced on what else may depend on privilege', () => {
    assert.deepEqual(
      differences(
        row => row.privilege !== undefined,
        row => askIced(row, iced => iced.isPrivileged),
        { pushf: v86, popf: v86, int: v86, iret: v86, rdtsc: byCr4, rdpmc: byCr4 },
      ),
      [],
    );
  });

  it('agree with iced on LOCK', () => {
    assert.deepEqual(
      differences(
        row => row.lockable === true,
        row => askOpCode(row, info => info.canUseLockPrefix),
      ),
      [],
    );
  });

  it('agree with iced on the repeat prefixes', () => {
    const theirs = (row: OpcodeRow): string | undefined =>
      askOpCode(row, info => (info.canUseRepPrefix ? (info.canUseRepnePrefix ? 'repe' : 'rep') : undefined));
    assert.deepEqual(
      differences(row => row.repeatable, theirs),
      [],
    );
  });

  it('agree with iced on real mode', () => {
    assert.deepEqual(
      differences(
        row => row.protectedModeOnly === true,
        row => askOpCode(row, info => !info.realMode),
      ),
      [],
    );
  });

  it('agree with iced on where a block ends', () => {
    assert.deepEqual(
      differences(
        row => row.endsBlock === true,
        row => askIced(row, iced => iced.flowControl !== FlowControl.Next),
        {
          esc: noFpu,
          hlt: newContext,
          invlpg: newContext,
          lmsw: newContext,
          lss: stackWidth,
          movToControl: newContext,
          movToDebug: newContext,
          movToSegment: stackWidth,
          out: machineMayChange,
          outs: machineMayChange,
          popSegment: stackWidth,
          popf: interruptsMayCome,
          sti: interruptsMayCome,
          wrmsr: newContext,
        },
      ),
      [],
    );
  });

  it('agree with iced on where control goes', () => {
    const flows: { readonly [flow in FlowControl]?: ControlFlow } = {
      [FlowControl.UnconditionalBranch]: 'jump',
      [FlowControl.IndirectBranch]: 'jump',
      [FlowControl.ConditionalBranch]: 'branch',
      [FlowControl.Call]: 'call',
      [FlowControl.IndirectCall]: 'call',
      [FlowControl.Return]: 'return',
      [FlowControl.Interrupt]: 'interrupt',
      [FlowControl.Exception]: 'exception',
    };
    assert.deepEqual(
      differences(
        row => row.flow,
        row => askIced(row, iced => flows[iced.flowControl]),
        { esc: noFpu, sysenter: withoutStack, sysexit: withoutStack },
      ),
      [],
    );
  });

  it('name the 18 sensitive instructions that do not trap', () => {
    const named = new Set(opcodeRows.filter(row => row.sensitive).map(row => row.mnemonic));
    // MOV to and from a segment register are one in the count
    assert.equal(named.size - 1, 18);
    assert.deepEqual(
      opcodeRows.filter(row => row.sensitive && row.privilege === 'cpl0'),
      [],
    );
  });
});
