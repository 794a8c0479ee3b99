// The privileged machinery, as the semantics see it: names, what goes in and out, and what may happen. The bodies are
// TypeScript over the processor state (`src/cpu`). A helper either raises an exception and leaves no trace, or completes.

export interface HelperRow {
  /** 32-bit arguments, by name */
  readonly parameters: readonly string[];
  /** width of the result, or 0 */
  readonly result: 0 | 1 | 8 | 16 | 32;
  readonly mayFault: boolean;
  /** changes the state: nothing that may fault can follow */
  readonly commits: boolean;
  /** what comes next may be fetched, translated or interrupted otherwise than before */
  readonly disturbs: boolean;
  /** sets EIP itself: the instruction ends with it */
  readonly transfersControl?: true;
}

const pure = (parameters: readonly string[], result: HelperRow['result']): HelperRow => ({
  parameters,
  result,
  mayFault: false,
  commits: false,
  disturbs: false,
});
const check = (parameters: readonly string[], result: HelperRow['result'] = 0): HelperRow => ({
  parameters,
  result,
  mayFault: true,
  commits: false,
  disturbs: false,
});
const change = (...parameters: readonly string[]): HelperRow => ({
  parameters,
  result: 0,
  mayFault: true,
  commits: true,
  disturbs: true,
});
/** Changes general registers only. */
const compute = (...parameters: readonly string[]): HelperRow => ({ ...change(...parameters), disturbs: false });
const transfer = (...parameters: readonly string[]): HelperRow => ({
  ...change(...parameters),
  transfersControl: true,
});

export const helpers = {
  // flags
  /** EFLAGS assembled from its parts; VM and RF as they are (PUSHF clears them in the image itself) */
  readEflags: pure([], 32),
  /** POPF (SDM Vol. 2B): changes what CPL and IOPL allow at `operandSize` (16 or 32) */
  writeEflags: change('value', 'operandSize'),

  // segments and descriptor tables
  /** MOV Sreg, POP Sreg, LDS …: SDM Vol. 3A §5.4–5.5, §5.7. SS also sets the MOV SS shadow. Never CS. */
  loadSegment: change('segment', 'selector'),
  loadLdtr: change('selector'),
  loadTr: change('selector'),
  loadGdtr: change('limit', 'base'),
  loadIdtr: change('limit', 'base'),
  /** VERR, VERW, LAR, LSL: 1 if the selector's segment exists and is visible; `use` is a member of `SelectorUse` */
  selectorIsUsable: check(['selector', 'use'], 1),
  /** the second doubleword & 00FF_FF00h of a usable selector's descriptor, 0 if it has none */
  accessRights: check(['selector'], 32),
  /** limit in bytes of a usable selector's descriptor, 0 if it has none */
  segmentLimit: check(['selector'], 32),

  /** ARPL: a word at segment:offset, which is checked for writing only if it is to be written */
  storeWordIf: { ...change('condition', 'segment', 'offset', 'value'), disturbs: false },

  // control transfers; `next` is the return offset; operand sizes are 16 or 32
  farJump: transfer('selector', 'offset', 'operandSize', 'next'),
  farCall: transfer('selector', 'offset', 'operandSize', 'next'),
  farReturn: transfer('popBytes', 'operandSize'),
  interruptReturn: transfer('operandSize', 'next'),
  /** INT n, and INT3, INTO, INT1 by `kind`, a member of `SoftwareInterrupt` */
  softwareInterrupt: transfer('vector', 'kind', 'next'),
  enter: change('allocBytes', 'nestingLevel', 'operandSize'),
  sysenter: transfer(),
  sysexit: transfer(),

  // control, debug and model-specific registers
  writeControlRegister: change('index', 'value'),
  readDebugRegister: check(['index'], 32),
  writeDebugRegister: change('index', 'value'),
  /** RDMSR, WRMSR with ECX, EDX:EAX; RDTSC, RDPMC into EDX:EAX; CPUID over EAX, ECX */
  readMsr: change(),
  writeMsr: change(),
  readTimeStampCounter: compute(),
  readPerformanceCounter: compute(),
  cpuid: compute(),
  /** INVLPG of the linear address of segment:offset (no segment checks) */
  invalidatePage: change('segment', 'offset'),
  halt: change(),

  // I/O; `width` is 8, 16 or 32
  /** raises #GP(0) unless CPL ≤ IOPL or the I/O map allows it; the common glue calls it */
  checkPortPermission: check(['port', 'width']),
  /** a device may have side effects: it counts as a change of state. What they do to the run is noticed by who runs it. */
  readPort: { parameters: ['port', 'width'], result: 32, mayFault: false, commits: true, disturbs: false },
  writePort: { parameters: ['port', 'value', 'width'], result: 0, mayFault: false, commits: true, disturbs: false },
} as const satisfies Record<string, HelperRow>;

export type HelperName = keyof typeof helpers;
export const helperNames = Object.keys(helpers) as readonly HelperName[];
export const helperRow = (name: HelperName): HelperRow => helpers[name];

/** What a selector is tested for: types that each instruction accepts differ (SDM Vol. 2, LAR, LSL, VERR, VERW). */
export const SelectorUse = { accessRights: 0, limit: 1, read: 2, write: 3 } as const;

/** INT n is checked against the gate's DPL as INT3 and INTO are; INT1 is not (SDM Vol. 3A §6.12.1.2). In v86 mode only INT n heeds IOPL. */
export const SoftwareInterrupt = { intN: 0, int3: 1, into: 2, int1: 3 } as const;
