// Register numbers as instructions encode them (SDM Vol. 2A §2.1.5, tables 2-1 to 2-3).

export const gprNames = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;

/** Encoding numbers of the general-purpose registers. */
export const Gpr = { eax: 0, ecx: 1, edx: 2, ebx: 3, esp: 4, ebp: 5, esi: 6, edi: 7 } as const;

export const gpr16Names = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
/** 4–7 are the high bytes of registers 0–3. */
export const gpr8Names = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'] as const;

export const segmentNames = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

/** Encoding numbers of the segment registers; `ldtr` and `tr` follow them in the processor state. */
export const Segment = { es: 0, cs: 1, ss: 2, ds: 3, fs: 4, gs: 5, ldtr: 6, tr: 7 } as const;
export type SegmentIndex = (typeof Segment)[keyof typeof Segment];

/** The six that a program has, in encoding order. */
export const segmentRegisters = [Segment.es, Segment.cs, Segment.ss, Segment.ds, Segment.fs, Segment.gs] as const;

/** Those for data alone, in the order in which a frame of virtual-8086 mode holds them, upwards (SDM Vol. 3B §20.3.1). */
export const dataSegments = [Segment.es, Segment.ds, Segment.fs, Segment.gs] as const;
