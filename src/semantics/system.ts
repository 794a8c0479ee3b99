// Control of the processor (SDM Vol. 2: MOV of control and debug registers, CLTS, HLT, LMSW, SMSW, INVD, INVLPG, WBINVD,
// RDMSR, WRMSR, RDTSC, RDPMC, CPUID, SYSENTER, SYSEXIT, UD, WAIT and the x87 escapes).
//
// There is no x87 yet, and CPUID says so. What computes raises #NM whatever CR0.EM is, so that nothing computes wrongly in
// silence. The instructions by which software looks for an x87 (Intel AP-485, "FPU detection") do nothing where EM and TS
// are clear, as on processors that have none: nobody answers.

import { Cr0 } from '../isa/controlRegisters';
import { Vector } from '../isa/exceptions';
import type { Operand } from '../isa/instruction';
import type { Builder, Value } from './builder';
import type { HelperName } from './helpers';
import { memoryOperand, readWord, writeWord } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { isNonZero, resize } from './values';

/** Instructions that are wholly the machinery's. */
const calling =
  (helper: HelperName): Semantic =>
  b => {
    b.call(helper);
  };

function registerNumber(b: Builder, operand: Operand): Value {
  if (operand.kind !== 'controlRegister' && operand.kind !== 'debugRegister') {
    throw new Error(`a control or debug register is needed here, not a ${operand.kind}`);
  }
  return b.constant(32, operand.index);
}

const movFromControl: Semantic = (b, { operands: [destination, source] }) => b.write(destination, b.read(source));

const movToControl: Semantic = (b, { operands: [destination, source] }) => {
  b.call('writeControlRegister', registerNumber(b, destination), b.read(source));
};

const movFromDebug: Semantic = (b, { operands: [destination, source] }) =>
  b.write(destination, b.call('readDebugRegister', registerNumber(b, source)));

const movToDebug: Semantic = (b, { operands: [destination, source] }) => {
  b.call('writeDebugRegister', registerNumber(b, destination), b.read(source));
};

/** The low half of CR0; a 32-bit register gets all of it, as on every processor, though the manual does not promise it. */
const smsw: Semantic = (b, { operands: [destination] }) => writeWord(b, destination, b.readField('cr0'));

/** Replaces MP, EM and TS; can set PE, but not clear it. */
const lmsw: Semantic = (b, { operands: [source] }) => {
  const replaced = Cr0.mp | Cr0.em | Cr0.ts;
  const kept = b.and(b.readField('cr0'), b.constant(32, ~replaced));
  const given = b.and(resize(b, readWord(b, source), 32), b.constant(32, replaced | Cr0.pe));
  b.call('writeControlRegister', b.constant(32, 0), b.or(kept, given));
};

const clts: Semantic = b => b.writeField('cr0', b.and(b.readField('cr0'), b.constant(32, ~Cr0.ts)));

const invlpg: Semantic = (b, { operands: [source] }) => {
  const operand = memoryOperand(source);
  const offset = resize(b, b.effectiveAddress(operand), 32);
  b.call('invalidatePage', b.constant(32, operand.segment), offset);
};

const x87Probe: Semantic = b =>
  b.raiseIf(isNonZero(b, b.and(b.readField('cr0'), b.constant(32, Cr0.em | Cr0.ts))), Vector.deviceNotAvailable);

/** WAIT heeds TS only where MP says so. */
const wait: Semantic = b => {
  const both = b.constant(32, Cr0.mp | Cr0.ts);
  b.raiseIf(b.equal(b.and(b.readField('cr0'), both), both), Vector.deviceNotAvailable);
};

/** There are no caches to lose or to write back. */
const nothing: Semantic = () => undefined;

export const system = {
  movFromControl,
  movToControl,
  movFromDebug,
  movToDebug,
  smsw,
  lmsw,
  clts,
  invlpg,
  invd: nothing,
  wbinvd: nothing,
  hlt: calling('halt'),
  rdmsr: calling('readMsr'),
  wrmsr: calling('writeMsr'),
  rdtsc: calling('readTimeStampCounter'),
  rdpmc: calling('readPerformanceCounter'),
  cpuid: calling('cpuid'),
  sysenter: calling('sysenter'),
  sysexit: calling('sysexit'),
  ud: b => b.raise(Vector.invalidOpcode),
  esc: b => b.raise(Vector.deviceNotAvailable),
  x87Probe,
  wait,
} satisfies SemanticTable;
