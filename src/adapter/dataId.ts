// What a data breakpoint watches, as the client keeps it from session to session: a label or an address, and how many bytes.
import { hex } from '../base/hex';
import { isRegister } from '../debug/registerWatch';
import { parseNumber } from '../debug/expressions/tokens';
import type { ProgramSymbols } from '../symbols/programSymbols';

export interface DataPlace {
  readonly address: number;
  readonly bytes: number;
}

/** `count+0x4/4`: where, and how many bytes. */
export const dataIdOf = ({ address, bytes }: DataPlace, symbols: ProgramSymbols): string =>
  `${symbols.describe(address) ?? hex(address, 8)}/${bytes}`;

/** `register hw.cr3` */
export const registerIdOf = (name: string): string => `register ${name}`;

/** The register that it names, if it names one. */
export function registerOf(dataId: string): string | undefined {
  const [, name] = /^register (\S+)$/.exec(dataId) ?? [];
  return name !== undefined && isRegister(name) ? name : undefined;
}

/** The place's text and its length; undefined if it is no data id. */
export function parseDataId(dataId: string): { readonly place: string; readonly bytes: number } | undefined {
  const [, place = '', digits = ''] = /^(.+)\/(\d+)$/.exec(dataId) ?? [];
  const bytes = parseNumber(digits);
  return place === '' || !bytes ? undefined : { place, bytes };
}
