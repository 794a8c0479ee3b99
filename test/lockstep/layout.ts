// Where things lie in the machine on which random programs run, and the selectors of its tables. `kernel.asm` has the
// same numbers where it needs them.

export const memoryBytes = 0x100000;
export const pageBytes = 0x1000;

export const address = {
  /** 16-bit code: within the first 64 KiB, so that its segment may begin at 0 */
  lowCode: 0xe000,
  code: 0x10000,
  /** subroutines, targets of jumps and of changes: other pages than the code that reaches them */
  farCode: 0x18000,
  data: 0x20000,
  gdt: 0x31000,
  idt: 0x31800,
  tss: 0x32000,
  ldt: 0x33000,
  directoryA: 0x34000,
  directoryB: 0x37000,
  kernel: 0x3a000,
  kernelData: 0x3b000,
  /** top of the stack of programs in ring 0 */
  stackTop: 0x3e000,
  /** top of the stack that the TSS names */
  innerStackTop: 0x40000,
} as const;

/** Bytes that code may take at `lowCode`, `code`, `farCode`. */
export const room = { lowCode: 0x2000, code: 0x8000, farCode: 0x6000 } as const;

/** A directory's two page tables follow it: the first 4 MiB, and the same memory again above them. */
export const tableOf = (directory: number, linear: number): number =>
  directory + pageBytes * (1 + (linear >>> 22)) + ((linear >>> 12) & 0x3ff) * 4;

/** The second view of the same memory: its pages share the TLB's slots with those of the first. */
export const secondView = 0x400000;

/** Linear pages of data, by what is special about them. */
export const page = {
  plain: [0x20000, 0x21000],
  readOnly: 0x22000,
  supervisor: 0x23000,
  /** mapped when they are touched */
  lazy: [0x24000, 0x25000, 0x26000, 0x27000],
  /** the same frames as the first plain page, and as the first page of code */
  dataAlias: 0x28000,
  codeAlias: 0x29000,
  userStack: 0x2a000,
  /** behind it is no RAM */
  outside: 0x2b000,
  /** the frame of the first page of far code */
  farAlias: 0x2d000,
  /** a page that is never mapped */
  absent: 0x2c000,
  /** the one page of code that the two address spaces map to different frames */
  variant: 0x1e000,
  variantFrame: 0x2e000,
} as const;

export const selector = {
  kernelCode: 0x08,
  kernelData: 0x10,
  userCode: 0x1b,
  userData: 0x23,
  tss: 0x28,
  kernelCode16: 0x30,
  kernelStack16: 0x38,
  userCode16: 0x43,
  /** to ring 3's data: ends within the data pages, begins above 0, grows down, cannot be written */
  shortData: 0x4b,
  highData: 0x53,
  downData: 0x5b,
  readOnlyData: 0x63,
  /** code of ring 0 that ends within a page, begins above 0, and of every ring */
  shortCode: 0x68,
  highCode: 0x70,
  conforming: 0x78,
  /** 16-bit code over all 4 GiB */
  wideCode16: 0x80,
  ldt: 0x88,
  callGate: 0x93,
  absent: 0x9b,
  /** stacks of ring 0: with a base above 0, and growing down */
  highStack: 0xa0,
  downStack: 0xa8,
  /** in the LDT */
  localData: 0x0f,
} as const;

/** The base of `highData`, `highCode` and `highStack`. */
export const highBase = 0x1000;
/** The limit of `shortData`; that of `shortCode` is each program's choice. */
export const shortDataLimit = 0x217ff;

export const service = {
  becomeKernel: 0x40,
  changeFlags: 0x41,
  changeCode: 0x42,
  changePage: 0x43,
  reloadCr3: 0x44,
  switchCr3: 0x45,
  toggleInterrupts: 0x46,
  sleep: 0x47,
  becomeUser: 0x48,
} as const;
