// The table through which WebAssembly functions call one another: routines and compiled regions, by number.

export class FunctionTable {
  readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: 256 });
  private readonly free: number[] = [];
  private taken: number;

  /** The first `reserved` numbers are not given out. */
  constructor(reserved: number) {
    this.taken = reserved;
  }

  add(added: WebAssembly.ExportValue): number {
    const number = this.takeNumber();
    this.table.set(number, added);
    return number;
  }

  /** A number for a function that comes later. */
  takeNumber(): number {
    const free = this.free.pop();
    if (free !== undefined) return free;
    if (this.taken === this.table.length) this.table.grow(this.taken);
    return this.taken++;
  }

  remove(number: number): void {
    this.table.set(number, null);
    this.free.push(number);
  }
}
