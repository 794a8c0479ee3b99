// Structured control in a function's code. Labels are numbered from the outermost block inwards; WebAssembly counts them
// from the innermost outwards, so the writer keeps the depth.

import { type ByteWriter, emptyBlock, Wasm } from './binary';

export class ControlEmitter {
  /** blocks that are open: also the number of the next label */
  depth = 0;

  constructor(private readonly out: ByteWriter) {}

  /** Opens a block without results; gives its label. */
  open(code: Wasm.block | Wasm.loop | Wasm.if): number {
    this.out.byte(code);
    this.out.byte(emptyBlock);
    return this.depth++;
  }

  close(): void {
    this.out.byte(Wasm.end);
    this.depth--;
  }

  branch(label: number): void {
    this.out.byte(Wasm.br);
    this.out.unsigned(this.depth - 1 - label);
  }

  branchIf(label: number): void {
    this.out.byte(Wasm.brIf);
    this.out.unsigned(this.depth - 1 - label);
  }

  /** By the number on the stack: to `labels[number]`, or to `otherwise`. */
  branchTable(labels: readonly number[], otherwise: number): void {
    this.out.byte(Wasm.brTable);
    this.out.unsigned(labels.length);
    for (const label of labels) this.out.unsigned(this.depth - 1 - label);
    this.out.unsigned(this.depth - 1 - otherwise);
  }
}
