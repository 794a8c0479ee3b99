// The usual sizes of floppies, their shape, and the type of the drive that each is for (IBM PC/AT Technical Reference,
// "CMOS RAM").

export interface FloppyFormat {
  readonly sectors: number;
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
  readonly driveType: number;
}

const format = (cylinders: number, heads: number, sectorsPerTrack: number, driveType: number): FloppyFormat => ({
  sectors: cylinders * heads * sectorsPerTrack,
  cylinders,
  heads,
  sectorsPerTrack,
  driveType,
});

const highDensity = format(80, 2, 18, 4);

/** From 160 KB to 2.88 MB. */
export const floppyFormats: readonly FloppyFormat[] = [
  format(40, 1, 8, 1),
  format(40, 1, 9, 1),
  format(40, 2, 8, 1),
  format(40, 2, 9, 1),
  format(80, 2, 9, 3),
  format(80, 2, 15, 2),
  highDensity,
  format(80, 2, 36, 5),
];

/** The format with exactly so many sectors; otherwise 1.44 MB, or the first that is large enough; undefined if none is. */
export function floppyFormatFor(sectors: number): FloppyFormat | undefined {
  const exact = floppyFormats.find(known => known.sectors === sectors);
  if (exact) return exact;
  return sectors <= highDensity.sectors ? highDensity : floppyFormats.find(known => known.sectors >= sectors);
}
