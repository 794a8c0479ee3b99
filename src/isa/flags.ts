// EFLAGS (SDM Vol. 1 §3.4.3).

export const Eflags = {
  cf: 1 << 0,
  reserved1: 1 << 1,
  pf: 1 << 2,
  af: 1 << 4,
  zf: 1 << 6,
  sf: 1 << 7,
  tf: 1 << 8,
  if: 1 << 9,
  df: 1 << 10,
  of: 1 << 11,
  iopl: 3 << 12,
  nt: 1 << 14,
  rf: 1 << 16,
  vm: 1 << 17,
  ac: 1 << 18,
  vif: 1 << 19,
  vip: 1 << 20,
  id: 1 << 21,
} as const;

export const ioplShift = 12;

/** The flags that the processor state keeps one by one, as values 0 or 1, because instructions compute them separately. */
export const separateFlags = ['cf', 'pf', 'af', 'zf', 'sf', 'of', 'df'] as const;
export type SeparateFlag = (typeof separateFlags)[number];

/** The flags that the state keeps together, at their EFLAGS positions, in the field `systemFlags`. */
export const systemFlagsMask =
  Eflags.tf |
  Eflags.if |
  Eflags.iopl |
  Eflags.nt |
  Eflags.rf |
  Eflags.vm |
  Eflags.ac |
  Eflags.vif |
  Eflags.vip |
  Eflags.id;

/** The six status flags, which follow from a result, in the order in which the SDM's tables list them. */
export const statusFlagNames = ['of', 'sf', 'zf', 'af', 'pf', 'cf'] as const;
