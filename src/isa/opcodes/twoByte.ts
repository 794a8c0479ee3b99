// The two-byte map 0F xx (SDM Vol. 2D table A-3): the integer instructions up to the Pentium Pro, without the groups
// (`groups.ts`). Opcodes that later processors gave to MMX, SSE and their successors are undefined here.

import type { OpcodeRow } from '../opcodeRow';
import { conditionRows } from './conditions';
import { hexByte, row } from './row';

/** Reserved for hints (prefetch, branch targets): a processor that does not know the hint does nothing. */
const hintRows = [0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f].map(byte => row(`0f ${hexByte(byte)}`, 'nop', 'Ev'));

export const twoByteRows: readonly OpcodeRow[] = [
  row('0f 02', 'lar', 'Gv Ew'),
  row('0f 03', 'lsl', 'Gv Ew'),
  row('0f 06', 'clts'),
  row('0f 08', 'invd'),
  row('0f 09', 'wbinvd'),
  row('0f 0b', 'ud'),
  ...hintRows,
  row('0f 20', 'movFromControl', 'Rd Cd'),
  row('0f 21', 'movFromDebug', 'Rd Dd'),
  row('0f 22', 'movToControl', 'Cd Rd'),
  row('0f 23', 'movToDebug', 'Dd Rd'),
  row('0f 30', 'wrmsr'),
  row('0f 31', 'rdtsc'),
  row('0f 32', 'rdmsr'),
  row('0f 33', 'rdpmc'),
  row('0f 34', 'sysenter'),
  row('0f 35', 'sysexit'),
  ...conditionRows('0f ', 0x40, 'cmovcc', 'Gv Ev'),
  ...conditionRows('0f ', 0x80, 'jcc', 'Jz'),
  ...conditionRows('0f ', 0x90, 'setcc', 'Eb'),
  row('0f a0', 'pushSegment', 'FS'),
  row('0f a1', 'popSegment', 'FS'),
  row('0f a2', 'cpuid'),
  row('0f a3', 'bt', 'Ev Gv'),
  row('0f a4', 'shld', 'Ev Gv Ib'),
  row('0f a5', 'shld', 'Ev Gv CL'),
  row('0f a8', 'pushSegment', 'GS'),
  row('0f a9', 'popSegment', 'GS'),
  row('0f ab', 'bts', 'Ev Gv'),
  row('0f ac', 'shrd', 'Ev Gv Ib'),
  row('0f ad', 'shrd', 'Ev Gv CL'),
  row('0f af', 'imul2', 'Gv Ev'),
  row('0f b0', 'cmpxchg', 'Eb Gb'),
  row('0f b1', 'cmpxchg', 'Ev Gv'),
  row('0f b2 m', 'lss', 'Gv Mp'),
  row('0f b3', 'btr', 'Ev Gv'),
  row('0f b4 m', 'lfs', 'Gv Mp'),
  row('0f b5 m', 'lgs', 'Gv Mp'),
  row('0f b6', 'movzx', 'Gv Eb'),
  row('0f b7', 'movzx', 'Gv Ew'),
  row('0f b9', 'ud', 'Gv Ev'),
  row('0f bb', 'btc', 'Ev Gv'),
  row('0f bc', 'bsf', 'Gv Ev'),
  row('0f bd', 'bsr', 'Gv Ev'),
  row('0f be', 'movsx', 'Gv Eb'),
  row('0f bf', 'movsx', 'Gv Ew'),
  row('0f c0', 'xadd', 'Eb Gb'),
  row('0f c1', 'xadd', 'Ev Gv'),
  row('0f c8+r', 'bswap', 'Zv'),
  row('0f ff', 'ud', 'Gv Ev'),
];
