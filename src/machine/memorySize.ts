// How much RAM a guest may have, and how a PC's firmware describes it (ACPI 6.5 §15, "System Address Map Interfaces").

/** RAM of a guest, in MiB. */
export const memoryLimits = { least: 1, most: 1024, default: 16 };

/** Conventional memory ends below the extended BIOS data area's 1 KiB. */
export const conventionalMemoryEnd = 0x9fc00;
/** Where a PC's memory goes on above video memory and firmware. */
export const extendedMemoryStart = 0x100000;

export const MemoryRangeType = { available: 1, reserved: 2 } as const;

export interface MemoryRange {
  readonly start: number;
  readonly sizeBytes: number;
  readonly type: (typeof MemoryRangeType)[keyof typeof MemoryRangeType];
}

/** The memory map that firmware reports: E820's and Multiboot's. */
export function memoryMap(sizeBytes: number): readonly MemoryRange[] {
  const { available, reserved } = MemoryRangeType;
  const range = (start: number, end: number, type: MemoryRange['type']): MemoryRange => ({
    start,
    sizeBytes: end - start,
    type,
  });
  return [
    range(0, conventionalMemoryEnd, available),
    range(conventionalMemoryEnd, 0xa0000, reserved),
    range(0xf0000, extendedMemoryStart, reserved),
    range(extendedMemoryStart, sizeBytes, available),
  ].filter(({ sizeBytes: size }) => size > 0);
}
