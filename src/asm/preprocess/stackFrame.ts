// The stack frame of a procedure, as %stacksize, %arg and %local lay it out (NASM manual §4.9).

/** What %stacksize chooses among: the register of the frame, the bytes of a slot, where the arguments begin. */
export interface StackModel {
  readonly register: string;
  readonly slot: number;
  readonly firstArgument: number;
}

const flat: StackModel = { register: 'ebp', slot: 4, firstArgument: 8 };

export const stackModels: ReadonlyMap<string, StackModel> = new Map([
  ['flat', flat],
  ['flat64', { register: 'rbp', slot: 8, firstArgument: 16 }],
  ['large', { register: 'bp', slot: 2, firstArgument: 4 }],
  ['small', { register: 'bp', slot: 2, firstArgument: 6 }],
]);

/** The stack frame as the directives so far have laid it out. */
export class StackFrame {
  private model = flat;
  private argumentsEnd = flat.firstArgument;
  private localBytes = 0;

  choose(model: StackModel) {
    this.model = model;
    this.argumentsEnd = model.firstArgument;
    this.localBytes = 0;
  }

  /** The address of the next argument. */
  argument(bytes: number): string {
    const address = `(${this.model.register}+${this.argumentsEnd})`;
    this.argumentsEnd += this.slots(bytes);
    return address;
  }

  /** The address of the next local variable. */
  local(bytes: number): string {
    this.localBytes += this.slots(bytes);
    return `(${this.model.register}-${this.localBytes})`;
  }

  /** The bytes that so many take on the stack. */
  slots(bytes: number): number {
    return Math.ceil(bytes / this.model.slot) * this.model.slot;
  }
}
