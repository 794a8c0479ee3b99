// What a data breakpoint can be set on: a label, an address, the memory that a register points to, or what an expression
// names. The client keeps the place as text, by label where there is one, so that it holds for later sessions too.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/hex';
import { evaluate } from '../debug/expressions/evaluate';
import { parse } from '../debug/expressions/parse';
import { parseNumber } from '../debug/expressions/tokens';
import { parseMemoryPlace } from '../debug/memory';
import type { SymbolTable } from '../debug/symbols';
import { errors, UserError } from '../debug/userError';
import type { Session } from './session';

type Arguments = DebugProtocol.DataBreakpointInfoArguments;
type Answer = DebugProtocol.DataBreakpointInfoResponse['body'];

export interface DataPlace {
  readonly address: number;
  readonly bytes: number;
}

/** Where nothing says how long the data is: a doubleword. */
const usualBytes = 4;
const addressSpaceBytes = 2 ** 32;
const accessTypes: DebugProtocol.DataBreakpointAccessType[] = ['write', 'read', 'readWrite'];

/** `count+0x4/4`: where, and how many bytes. */
const dataIdOf = ({ address, bytes }: DataPlace, symbols: SymbolTable): string =>
  `${symbols.describe(address) ?? hex(address, 8)}/${bytes}`;

/** The place's text and its length; undefined if it is no data id. */
export function parseDataId(dataId: string): { readonly place: string; readonly bytes: number } | undefined {
  const [, place = '', digits = ''] = /^(.+)\/(\d+)$/.exec(dataId) ?? [];
  const bytes = parseNumber(digits);
  return place === '' || !bytes ? undefined : { place, bytes };
}

export function dataBreakpointInfo(session: Session, args: Arguments): Answer {
  const { symbols } = session.readable();
  try {
    const place = placeOf(session, args);
    const where = symbols.describe(place.address);
    const at = where === undefined ? hex(place.address, 8) : `${where} (${hex(place.address, 8)})`;
    const description = `${place.bytes} ${place.bytes === 1 ? 'byte' : 'bytes'} at ${at}`;
    return { dataId: dataIdOf(place, symbols), description, accessTypes, canPersist: true };
  } catch (error) {
    if (error instanceof UserError) return { dataId: null, description: error.message };
    throw error;
  }
}

function placeOf(session: Session, args: Arguments): DataPlace {
  const { address, width } = addressOf(session, args);
  const bytes = args.bytes ?? width;
  if (!Number.isInteger(bytes) || bytes < 1 || address + bytes > addressSpaceBytes)
    throw errors.badDataLength(bytes, hex(address, 8));
  return { address, bytes };
}

function addressOf(session: Session, { name, variablesReference, asAddress }: Arguments) {
  if (asAddress) {
    const place = parseMemoryPlace(name);
    if (place?.space !== 'gva' || place.address >= addressSpaceBytes) throw errors.badInstructionReference(name);
    return { address: place.address, width: usualBytes };
  }
  if (variablesReference) {
    const address = session.views().addressOf(variablesReference, name);
    if (address === undefined) throw errors.noData(name);
    return { address, width: usualBytes };
  }
  const { value, bits, address } = evaluate(parse(name), session.readable().context);
  if (address !== undefined) return { address, width: bits / 8 };
  if (bits !== 32 || value >= addressSpaceBytes) throw errors.noData(name);
  return { address: value, width: usualBytes };
}
