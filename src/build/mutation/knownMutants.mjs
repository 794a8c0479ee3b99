// Mutants that no test can tell from the original, each with the reason, and places with mutants that survived the last whole run
// and wait for a test or a reason. `file` is the end of a path, `change` a part of what the list shows.
const quick = 'a quicker way to the same';

export const knownMutants = [
  { file: 'privileged/cpuid.ts', place: 'characters', change: 'without `0`', reason: 'NaN is 0 to operators on bits' },
  { file: 'privileged/descriptorTables.ts', place: 'readDescriptor', change: 'place >= 0', reason: quick },
  {
    file: 'privileged/descriptorTables.ts',
    place: 'findDescriptor',
    change: 'never `if (local &&',
    reason: 'an LDTR that is unusable has limit 0',
  },
  {
    file: 'transfers/doubleFault.ts',
    place: 'combineFaults',
    change: "case 'doubleFault'",
    reason: 'what no case takes is nothing too',
  },
  { file: 'transfers/interruptReturn.ts', place: 'frameValue', change: 'place >= 0', reason: quick },
  {
    file: 'transfers/interrupts.ts',
    place: 'deliverException',
    change: 'instanceof CpuException',
    reason: 'nothing else is thrown, unless the emulator is broken',
  },
  {
    file: 'transfers/taskState.ts',
    place: 'readTask',
    change: 'without `trap !== undefined`',
    reason: 'what a 16-bit TSS does not have reads as 0',
  },
  { file: 'memory/dataBreakpoints.ts', place: 'update', change: 'never `if (!(dr7 & Dr7.enables)', reason: quick },
  { file: 'memory/dataBreakpoints.ts', place: 'update', change: 'never `if (dr7 === this.dr7 &&', reason: quick },
  { file: 'memory/stackFrame.ts', place: 'requireRoom', change: 'without `this.user`', reason: quick },
  {
    file: 'memory/stackFrame.ts',
    place: 'requireRoom',
    change: 'without `this.memory.alignmentChecked()`',
    reason: quick,
  },
  { file: 'memory/stackFrame.ts', place: 'requireRoom', change: 'never `if (lowest >= 0)', reason: quick },
  { file: 'memory/reservations.ts', place: 'reserve', change: 'place.direct >= 0', reason: quick },
  { file: 'memory/reservations.ts', place: 'load', change: 'direct >= 0', reason: quick },
  { file: 'tiers/tiers.ts', place: 'followDebugRegisters', change: 'never `if (code.every(', reason: quick },
  {
    file: 'tiers/tiers.ts',
    place: 'run',
    change: 'never `if (physical < 0)',
    reason: 'no page that -1 lies in is RAM',
  },
  {
    file: 'tiers/knownTransfers.ts',
    place: 'usesFlatStacks',
    change: 'without `from.mode.flat === to.mode.flat`',
    reason: 'a mode that says of fewer segments that they are flat is slower, not wrong',
  },
  { file: 'tiers/knownTransfers.ts', place: 'clear', change: 'this.isEmpty', reason: quick },
  {
    file: 'wasm/returnEmitter.ts',
    place: 'noticeInterrupts',
    change: '`Wasm.i32And`',
    reason: 'who is asked for no reason finds no interrupt that is due',
  },
];

/** How paths and places begin that are not all judged yet: the sample of a run that is to pass leaves them out. */
export const openPlaces = [];
