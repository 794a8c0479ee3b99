// db and its kin to bytes (NASM manual §3.2.1). Elements of values are little-endian; a value that does not fit is cut
// off with a warning.
import type { DataItem } from './dataSyntax';
import { AssemblyError } from './diagnostics';
import type { Token } from './lexer';
import { limits } from './limits';
import { messages } from './messages';
import type { Expression } from './expression';
import { isScalar, type Value } from './value';

export interface DataContext {
  evaluate(expression: Expression): Value;
  /** The number it stands for in this pass. */
  number(value: Value): bigint;
  warn(message: string, token: Token): void;
}

class DataWriter {
  private bytes = new Uint8Array(64);
  private length = 0;

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
        return this.append(new Uint8Array(this.elementBytes));
      case 'value':
        return this.value(item.expression, item.token);
      case 'repeat':
        return this.repeat(item);
    }
  }

  private repeat({ count, items, token }: Extract<DataItem, { kind: 'repeat' }>) {
    const value = this.context.evaluate(count);
    if (!isScalar(value) || value.constant < 0n) throw new AssemblyError(messages.needsCount('dup'), token);
    const start = this.length;
    if (value.constant === 0n) return;
    this.items(items);
    const group = this.bytes.slice(start, this.length);
    if (value.constant * BigInt(group.length) > BigInt(limits.imageBytes))
      throw new AssemblyError(messages.imageTooLarge, token);
    for (let index = 1n; index < value.constant && group.length > 0; index++) this.append(group);
  }

  private value(expression: Expression, token: Token) {
    const value = this.context.evaluate(expression);
    if (value.registers.length > 0) throw new AssemblyError(messages.registerInValue, token);
    if (this.elementBytes > 8) throw new AssemblyError(messages.integerTooWide(this.elementBytes), token);
    const number = this.context.number(value);
    const bits = this.elementBytes * 8;
    const fits = BigInt.asIntN(bits, number) === number || BigInt.asUintN(bits, number) === number;
    if (isScalar(value) && !fits) this.context.warn(messages.doesNotFit(number, bits), token);
    const bytes = new Uint8Array(this.elementBytes);
    for (let index = 0; index < bytes.length; index++) bytes[index] = Number((number >> BigInt(8 * index)) & 0xffn);
    this.append(bytes);
  }

  private append(bytes: Uint8Array) {
    const end = this.length + bytes.length;
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(bytes, this.length);
    this.length = end;
  }
}

/** The bytes of the items in this pass. Throws AssemblyError. */
export function dataBytes(items: readonly DataItem[], elementBytes: number, context: DataContext): Uint8Array {
  const writer = new DataWriter(elementBytes, context);
  writer.items(items);
  return writer.result;
}
