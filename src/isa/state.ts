// Where each piece of the processor's state lies in its buffer: byte offsets, so that TypeScript and compiled code
// read the same memory. General registers and bases have 8-byte places; all else is a 32-bit word unless said.

export const gprOffset = (index: number): number => index * 8;

/** A cached segment register: 32 bytes at `segmentOffset(index)`. */
export const segmentOffset = (index: number): number => 0x100 + index * 32;
/** Byte offsets within a cached segment register. */
export const SegmentField = { selector: 0, attributes: 4, limit: 8, base: 16 } as const;

/** Single 32-bit words of the state by name. */
export const stateOffset = {
  eip: 0x80,
  // the flags kept one by one, each 0 or 1
  cf: 0x88,
  pf: 0x8c,
  af: 0x90,
  zf: 0x94,
  sf: 0x98,
  of: 0x9c,
  df: 0xa0,
  /** TF, IF, IOPL, NT, RF, VM, AC, VIF, VIP, ID at their EFLAGS positions */
  systemFlags: 0xa4,
  /** current privilege level */
  cpl: 0xa8,
  /** 0 none, 1 by STI, 2 by MOV SS or POP SS: interrupts wait for one more instruction (SDM Vol. 3A §6.8.3) */
  interruptShadow: 0xac,
  /** 0 active, 1 HLT, 2 shutdown (SDM Vol. 3C §24.4.2) */
  activity: 0xb0,
  /** debug traps noted during the current instruction, as DR6's bits 3:0 and BT, BS */
  pendingDebugTraps: 0xb4,
  gdtrBase: 0x200,
  gdtrLimit: 0x208,
  idtrBase: 0x210,
  idtrLimit: 0x218,
  cr0: 0x220,
  cr2: 0x228,
  cr3: 0x230,
  cr4: 0x238,
  dr0: 0x240,
  dr1: 0x244,
  dr2: 0x248,
  dr3: 0x24c,
  dr6: 0x250,
  dr7: 0x254,
  sysenterCs: 0x260,
  sysenterEsp: 0x264,
  sysenterEip: 0x268,
  apicBase: 0x26c,
  /** difference between the time stamp counter and the instruction count, low and high word */
  tscOffsetLow: 0x270,
  tscOffsetHigh: 0x274,
} as const;
export type StateField = keyof typeof stateOffset;

/** Instructions retired beyond those of `instructionCountOffset`, as a 64-bit float; below 0 where one does the work of several. */
export const overheadCountOffset = 0x2e8;

/** Exceptions and interrupts delivered so far, as a 64-bit float. */
export const deliveryCountOffset = 0x2f0;

/** Guest instructions done, each retired instruction counted by its weight, as a 64-bit float: exact up to 2^53. */
export const instructionCountOffset = 0x2f8;

export const stateSizeBytes = 0x300;

export const Activity = { active: 0, halted: 1, shutdown: 2 } as const;
export const Shadow = { none: 0, sti: 1, movSs: 2 } as const;
