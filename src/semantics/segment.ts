// Segment registers and selectors (SDM Vol. 2: MOV, PUSH and POP of segment registers; LDS, LES, LFS, LGS, LSS; ARPL, LAR,
// LSL, VERR, VERW). What loading a segment register checks is the machinery's.

import { Vector } from '../isa/exceptions';
import type { Operand } from '../isa/instruction';
import { Gpr, Segment, type SegmentIndex } from '../isa/registers';
import { Shadow } from '../isa/state';
import type { Builder, Value } from './builder';
import { SelectorUse, type HelperName } from './helpers';
import { loadFarPointer, readWord, writeWord } from './operands';
import type { Semantic, SemanticTable } from './semantic';
import { peek, readStackPointer, releaseStack } from './stackPointer';
import { addConstant, resize } from './values';

function segmentOf(operand: Operand): SegmentIndex {
  if (operand.kind !== 'segment') throw new Error(`a segment register is needed here, not a ${operand.kind}`);
  return operand.index;
}

function loadSegment(b: Builder, segment: SegmentIndex, selector: Value): void {
  b.call('loadSegment', b.constant(32, segment), selector);
}

/** 16 bits to memory; zero-extended to a register. */
const movFromSegment: Semantic = (b, { operands: [destination, source] }) => writeWord(b, destination, b.read(source));

const movToSegment: Semantic = (b, { operands: [destination, source] }) => {
  const segment = segmentOf(destination);
  if (segment === Segment.cs) return b.raise(Vector.invalidOpcode);
  loadSegment(b, segment, readWord(b, source));
};

/** With 32-bit operand size the stack moves by four bytes, of which the upper two stay as they were. */
const pushSegment: Semantic = (b, { operands: [source], operandSize }) => {
  const pointer = addConstant(b, readStackPointer(b), -operandSize / 8);
  b.store(Segment.ss, pointer, b.read(source));
  b.writeRegister(Gpr.esp, pointer);
};

const popSegment: Semantic = (b, { operands: [destination], operandSize }) => {
  loadSegment(b, segmentOf(destination), peek(b, 16));
  releaseStack(b, operandSize / 8);
};

const loadingPointer =
  (segment: SegmentIndex): Semantic =>
  (b, { operands: [destination, source], operandSize }) => {
    const { selector, offset } = loadFarPointer(b, source, operandSize);
    loadSegment(b, segment, selector);
    // LSS needs no shadow: it loads the stack pointer too
    if (segment === Segment.ss) b.writeField('interruptShadow', b.constant(32, Shadow.none));
    b.write(destination, offset);
  };

/**
 * Raises the destination's RPL to the source's, if that is greater; ZF tells. Where it is not, processors write nothing,
 * and a read-only destination does no harm.
 */
const arpl: Semantic = (b, { operands: [destination, source] }) => {
  const selector = b.read(destination);
  const rplMask = b.constant(16, 3);
  const rpl = b.and(b.read(source), rplMask);
  const below = b.lessUnsigned(b.and(selector, rplMask), rpl);
  const raised = b.or(b.and(selector, b.not(rplMask)), rpl);
  if (destination.kind === 'memory') {
    const offset = resize(b, b.effectiveAddress(destination), 32);
    const condition = b.zeroExtend(below, 32);
    b.call('storeWordIf', condition, b.constant(32, destination.segment), offset, b.zeroExtend(raised, 32));
  } else b.write(destination, b.select(below, raised, selector));
  b.writeFlag('zf', below);
};

/** LAR, LSL: the destination changes only if the selector can be used; ZF tells. */
const queryingSelector =
  (use: number, query: HelperName): Semantic =>
  (b, { operands: [destination, source], operandSize }) => {
    const selector = readWord(b, source);
    const usable = b.call('selectorIsUsable', selector, b.constant(32, use));
    const answer = resize(b, b.call(query, selector), operandSize);
    b.write(destination, b.select(usable, answer, b.read(destination)));
    b.writeFlag('zf', usable);
  };

const verifying =
  (use: number): Semantic =>
  (b, { operands: [source] }) =>
    b.writeFlag('zf', b.call('selectorIsUsable', readWord(b, source), b.constant(32, use)));

export const segment = {
  movFromSegment,
  movToSegment,
  pushSegment,
  popSegment,
  lds: loadingPointer(Segment.ds),
  les: loadingPointer(Segment.es),
  lfs: loadingPointer(Segment.fs),
  lgs: loadingPointer(Segment.gs),
  lss: loadingPointer(Segment.ss),
  arpl,
  lar: queryingSelector(SelectorUse.accessRights, 'accessRights'),
  lsl: queryingSelector(SelectorUse.limit, 'segmentLimit'),
  verr: verifying(SelectorUse.read),
  verw: verifying(SelectorUse.write),
} satisfies SemanticTable;
