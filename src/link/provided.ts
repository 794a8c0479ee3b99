// Names that a linker defines where a program uses them and does not define them itself, as GNU ld's standard script does:
// the bounds of code, data and program, of the tables of constructors, and of every section whose name is an identifier.
import type { OutputSection, ProgramLayout } from './layout';

export const gotName = '_GLOBAL_OFFSET_TABLE_';

const endOf = ({ address, sizeBytes }: OutputSection): number => address + sizeBytes;

/** The address that `name` stands for, if it is one of those names. */
export function providedAddress(name: string, layout: ProgramLayout): number | undefined {
  const of = (section: string): OutputSection | undefined => layout.outputs.find(other => other.name === section);
  switch (name) {
    case '__executable_start':
      return layout.address;
    case 'etext':
    case '_etext':
    case '__etext':
      return lastEnd(layout, 'code');
    case 'edata':
    case '_edata':
    case '__bss_start':
      return layout.storedEnd;
    case 'end':
    case '_end':
      return layout.end;
    case gotName:
      return of('.got')?.address;
  }
  const array = /^__((?:preinit|init|fini)_array)_(start|end)$/.exec(name);
  const bound = array ?? /^__(start|stop)_([A-Za-z_]\w*)$/.exec(name);
  if (bound === null) return undefined;
  const [section, side] = array === null ? [of(bound[2]), bound[1]] : [of(`.${bound[1]}`), bound[2]];
  if (section === undefined) return array === null ? undefined : layout.storedEnd;
  return side === 'start' ? section.address : endOf(section);
}

function lastEnd({ outputs, address }: ProgramLayout, rank: OutputSection['rank']): number {
  const last = outputs.findLast(output => output.rank === rank);
  return last === undefined ? address : endOf(last);
}
