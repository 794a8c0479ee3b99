// What a data breakpoint can be set on: a label, an address, the memory that a register points to, or what an expression
// names. The client keeps the place as text, by label where there is one, so that it holds for later sessions too.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/hex';
import { t } from '../base/localization';
import { evaluate } from '../debug/expressions/evaluate';
import { parse } from '../debug/expressions/parse';
import { bytesText, parseMemoryPlace } from '../debug/memory';
import { errors, UserError } from '../debug/userError';
import { isRegister, watchedRegisterText } from '../debug/registerWatch';
import { type DataPlace, dataIdOf, registerIdOf } from './dataId';
import type { Session } from './session';

type Arguments = Pick<DebugProtocol.DataBreakpointInfoArguments, 'name' | 'variablesReference' | 'bytes' | 'asAddress'>;
type Answer = DebugProtocol.DataBreakpointInfoResponse['body'];

/** Where nothing says how long the data is: a doubleword. */
const usualBytes = 4;
const addressSpaceBytes = 2 ** 32;
const accessTypes: DebugProtocol.DataBreakpointAccessType[] = ['write', 'read', 'readWrite'];

export function dataBreakpointInfo(session: Session, args: Arguments): Answer {
  const { symbols } = session.readable();
  try {
    const register = registerNamed(session, args);
    if (register !== undefined) {
      const description = watchedRegisterText(register);
      return { dataId: registerIdOf(register), description, accessTypes: ['write'], canPersist: true };
    }
    const place = placeOf(session, args);
    const where = symbols.describe(place.address);
    const at = where === undefined ? hex(place.address, 8) : `${where} (${hex(place.address, 8)})`;
    const description = t`${bytesText(place.bytes)} at ${at}`;
    return { dataId: dataIdOf(place, symbols), description, accessTypes, canPersist: true };
  } catch (error) {
    if (error instanceof UserError) return { dataId: null, description: error.message };
    throw error;
  }
}

/** A row of the Variables view that is a register: what is watched is its change, not the memory that it may point to. */
function registerNamed(session: Session, { name, variablesReference, asAddress }: Arguments): string | undefined {
  if (!variablesReference || asAddress) return undefined;
  const expression = session.views().watchExpressionOf(variablesReference, name);
  return expression !== undefined && isRegister(expression) ? expression : undefined;
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
