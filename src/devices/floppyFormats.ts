// The usual sizes of floppies, and the type of the drive that each is for (IBM PC/AT Technical Reference, "CMOS RAM").

export interface FloppyFormat {
  readonly sectors: number;
  readonly driveType: number;
}

const highDensity: FloppyFormat = { sectors: 2880, driveType: 4 };

/** From 160 KB to 2.88 MB. */
const floppyFormats: readonly FloppyFormat[] = [
  { sectors: 320, driveType: 1 },
  { sectors: 360, driveType: 1 },
  { sectors: 640, driveType: 1 },
  { sectors: 720, driveType: 1 },
  { sectors: 1440, driveType: 3 },
  { sectors: 2400, driveType: 2 },
  highDensity,
  { sectors: 5760, driveType: 5 },
];

export const mostFloppySectors = Math.max(...floppyFormats.map(({ sectors }) => sectors));

/** The format with exactly so many sectors; otherwise 1.44 MB, or the first that is large enough; undefined if none is. */
export function floppyFormatFor(sectors: number): FloppyFormat | undefined {
  const exact = floppyFormats.find(format => format.sectors === sectors);
  if (exact) return exact;
  return sectors <= highDensity.sectors ? highDensity : floppyFormats.find(format => format.sectors >= sectors);
}
