// db and its kin to bytes (NASM manual §3.2.1). Elements of values are little-endian; a value that does not fit is cut
// off with a warning.
import type { DataItem } from './dataSyntax';
import { AssemblyError, FatalError } from './diagnostics';
import type { Token } from './lexer';
import { limits } from './limits';
import { messages } from './messages';
import { fits } from './misfits';
import type { Expression } from './expression';
import { type FieldPlace, fixedField, type Fixup, writeAddend } from './fixups';
import { isScalar, type Value } from './value';

export interface DataContext {
  /** The last pass: the bytes are wanted; before, only how many they are. */
  readonly final: boolean;
  /** Where the bytes stand, in the last pass of an object. */
  readonly place: FieldPlace | undefined;
  evaluate(expression: Expression): Value;
  /** The number it stands for in this pass. */
  number(value: Value): bigint;
  warn(message: string, token: Token): void;
  /** Counts work, as a budget does. */
  spend(steps: number, token: Token): void;
}

const noBytes = new Uint8Array();
const fewBytes = 16;
/** 2 to the power of this many bytes are copied in a step. */
const bytesOfStep = 10;

class DataWriter {
  readonly fixups: Fixup[] = [];
  private bytes = noBytes;
  length = 0;

  constructor(
    private readonly elementBytes: number,
    private readonly context: DataContext,
  ) {}

  get result(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  items(items: readonly DataItem[]) {
    for (const item of items) this.item(item);
  }

  private item(item: DataItem) {
    switch (item.kind) {
      case 'bytes':
        return this.append(item.bytes);
      case 'reserve':
        return this.append(noBytes, this.elementBytes);
      case 'value':
        return this.value(item.expression, item.token);
      case 'repeat':
        return this.repeat(item);
    }
  }

  private repeat({ count, items, token }: Extract<DataItem, { kind: 'repeat' }>) {
    const value = this.context.evaluate(count);
    if (!isScalar(value) || value.constant < 0n) throw new AssemblyError(messages.needsCount('dup'), token);
    const before = this.fixups.length;
    if (value.constant === 0n) return;
    const start = this.length;
    this.items(items);
    const groupBytes = this.length - start;
    if (value.constant * BigInt(groupBytes) > BigInt(limits.imageBytes))
      throw new FatalError(messages.imageTooLarge(), token);
    if (groupBytes > 0) this.appendCopies(start, groupBytes, Number(value.constant), token);
    this.copyFixups(before, groupBytes, Number(value.constant), token);
  }

  private copyFixups(from: number, groupBytes: number, count: number, token: Token) {
    const group = this.fixups.slice(from);
    if (group.length === 0) return;
    if (group.length * count > limits.relocations) throw new FatalError(messages.tooManyRelocations(), token);
    this.context.spend(group.length * count, token);
    for (let index = 1; index < count; index++) {
      for (const fixup of group) this.fixups.push({ ...fixup, offset: fixup.offset + index * groupBytes });
    }
  }

  /** Repeats what stands from `start` on until it is there `count` times. */
  private appendCopies(start: number, groupBytes: number, count: number, token: Token) {
    const end = start + groupBytes * count;
    if (end > limits.imageBytes) throw new FatalError(messages.imageTooLarge(), token);
    this.context.spend((end - start) >> bytesOfStep, token);
    this.makeRoom(end);
    if (this.context.final) {
      for (let filled = this.length; filled < end; filled += filled - start)
        this.bytes.copyWithin(filled, start, Math.min(filled, start + end - filled));
    }
    this.length = end;
  }

  private value(expression: Expression, token: Token) {
    const value = this.context.evaluate(expression);
    if (value.registers.length > 0) throw new AssemblyError(messages.registerInValue(), token);
    if (this.elementBytes > 8) throw new AssemblyError(messages.integerTooWide(this.elementBytes), token);
    const number = this.context.number(value);
    const bits = this.elementBytes * 8;
    if (isScalar(value) && !fits(number, bits)) this.context.warn(messages.doesNotFit(number, bits), token);
    const start = this.length;
    this.append(noBytes, this.elementBytes);
    if (this.context.final) this.write(number, start);
    const { place } = this.context;
    const field = place && fixedField(value, place, start, this.elementBytes, token);
    if (!field) return;
    writeAddend(this.bytes, field);
    this.fixups.push(field.fixup);
  }

  private write(number: bigint, start: number) {
    let rest = BigInt.asUintN(64, number);
    for (let index = 0; index < this.elementBytes; index++, rest >>= 8n) {
      this.bytes[start + index] = Number(rest & 0xffn);
    }
  }

  /** `bytes`, or `length` zeros. */
  private append(bytes: Uint8Array, length = bytes.length) {
    const end = this.length + length;
    this.makeRoom(end);
    if (this.context.final) this.bytes.set(bytes, this.length);
    this.length = end;
  }

  private makeRoom(end: number) {
    if (!this.context.final || end <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(end, this.bytes.length * 2, fewBytes));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** How many bytes the items are in this pass, and, in the last one, which, and which a linker fills in. Throws AssemblyError. */
export function dataOf(
  items: readonly DataItem[],
  elementBytes: number,
  context: DataContext,
): { readonly length: number; readonly bytes: Uint8Array | undefined; readonly fixups: readonly Fixup[] } {
  const writer = new DataWriter(elementBytes, context);
  writer.items(items);
  const { length, fixups } = writer;
  return { length, fixups, bytes: context.final ? writer.result : undefined };
}
