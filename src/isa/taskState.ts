// The task-state segment in memory (SDM Vol. 3A §7.2.1 and figure 7-2; 16-bit: §7.6 and figure 7-10).

export interface TaskStateLayout {
  readonly bytes: 2 | 4;
  /** a TSS whose limit is less is invalid */
  readonly minimumLimit: number;
  readonly eip: number;
  readonly eflags: number;
  /** EAX; the others follow in encoding order */
  readonly registers: number;
  /** ES; the others follow in encoding order, each in a place of `bytes` */
  readonly selectors: number;
  /** how many selectors there are: no FS and GS in a 16-bit TSS */
  readonly selectorCount: number;
  readonly ldt: number;
  readonly cr3: number | undefined;
  /** bit 0: T, a debug trap on switching to the task */
  readonly trap: number | undefined;
}

const layout32: TaskStateLayout = {
  bytes: 4,
  minimumLimit: 0x67,
  eip: 0x20,
  eflags: 0x24,
  registers: 0x28,
  selectors: 0x48,
  selectorCount: 6,
  ldt: 0x60,
  cr3: 0x1c,
  trap: 0x64,
};

const layout16: TaskStateLayout = {
  bytes: 2,
  minimumLimit: 0x2b,
  eip: 0x0e,
  eflags: 0x10,
  registers: 0x12,
  selectors: 0x22,
  selectorCount: 4,
  ldt: 0x2a,
  cr3: undefined,
  trap: undefined,
};

export const taskStateLayout = (is32Bit: boolean): TaskStateLayout => (is32Bit ? layout32 : layout16);

export const minimumTaskLimit = (is32Bit: boolean): number => taskStateLayout(is32Bit).minimumLimit;

/** Where ESPn of an inner ring lies, in a TSS whose values have `bytes` each; SSn follows it. */
export const innerStackOffset = (ring: number, bytes: 2 | 4): number => bytes + ring * 2 * bytes;
