// Memory, as bytes and as instructions.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Segment } from '../../isa/registers';
import { hex } from '../../base/hex';
import { DisassemblyView, type DisassemblyRow } from '../../debug/disassembly';
import { type MemoryPlace, memoryReference as referenceTo, parseMemoryPlace } from '../../debug/memory';
import { errors } from '../../debug/userError';
import { flag, integer, integerWithin, optional, text, textUpTo, whole } from '../argumentTypes';
import { fromBase64, toBase64 } from '../../shared/base64';
import { request } from '../request';
import type { Session } from '../session';

/** As much as is read at once; a client that wants more asks again. */
const mostBytes = 1024 * 1024;
const mostBase64 = Math.ceil(mostBytes / 3) * 4;
/** Rows that a client may ask for at once, and how many of them it may pass over. */
const mostRows = 2000;

function placeOf(reference: string, offset: number): MemoryPlace {
  const place = parseMemoryPlace(reference);
  if (!place) throw errors.badMemoryReference(reference);
  return { ...place, address: place.address + offset };
}

/** As DAP has it: decimal where hexadecimal digits have no sign. */
const addressText = (address: number): string => (address < 0 ? `${address}` : hex(address, 8));

export const readMemory = request(
  { memoryReference: text, offset: optional(integer), count: whole },
  (session, { memoryReference, offset = 0, count }): DebugProtocol.ReadMemoryResponse['body'] => {
    const place = placeOf(memoryReference, offset);
    const { bytes, unreadable } = session.readable().memory.readBytes(place, Math.min(count, mostBytes));
    return {
      address: addressText(place.address),
      data: toBase64(bytes),
      ...(unreadable > 0 ? { unreadableBytes: unreadable } : {}),
    };
  },
);

export const writeMemory = request(
  {
    memoryReference: text,
    offset: optional(integer),
    data: textUpTo(mostBase64),
    allowPartial: optional(flag),
  },
  (session, { memoryReference, offset = 0, data, allowPartial = false }): DebugProtocol.WriteMemoryResponse['body'] => {
    const place = placeOf(memoryReference, offset);
    const content = fromBase64(data);
    if (!content) throw errors.badData();
    const { memory } = session.stopped();
    const there = memory.readBytes(place, content.length).bytes.length;
    if (there < content.length && !allowPartial) throw errors.notWritable(referenceTo(place));
    const bytesWritten = memory.writeBytes(place, content);
    session.changed(place.space === 'gva' ? place.address : undefined, bytesWritten);
    return { offset: 0, bytesWritten };
  },
);

export const disassemble = request(
  {
    memoryReference: text,
    offset: optional(integer),
    instructionOffset: optional(integerWithin(-mostRows, mostRows)),
    instructionCount: integerWithin(0, mostRows),
  },
  (session, args): DebugProtocol.DisassembleResponse['body'] => {
    const { memoryReference, offset = 0, instructionOffset = 0, instructionCount } = args;
    const { address } = placeOf(memoryReference, offset);
    const { text: instructions, symbols, system } = session.readable();
    const state = system.running.level.believed();
    const view = new DisassemblyView(instructions, symbols, session.visited);
    const codeBase = state.base(Segment.cs);
    const rows = view.rows(address, instructionOffset, instructionCount, state.codeIs32Bit ? 32 : 16, codeBase);
    return { instructions: rows.map(row => instruction(session, row)) };
  },
);

/** VS Code passes over rows at address -1. */
function instruction(session: Session, row: DisassemblyRow): DebugProtocol.DisassembledInstruction {
  const { address, bytes, text: shown, label, position, valid } = row;
  return {
    address: address < 0 || address > 0xffffffff ? '-1' : hex(address, 8),
    instructionBytes: [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' '),
    instruction: shown,
    ...(label === undefined ? {} : { symbol: label }),
    ...(position && valid
      ? { location: session.sources.ofFile(position.file), line: session.client.lineOut(position.line) }
      : {}),
    ...(valid ? {} : { presentationHint: 'invalid' as const }),
  };
}
