// A guest's memory over the debug protocol: where an expression leads, and the bytes there.
import * as vscode from 'vscode';
import { fromBase64, toBase64 } from '../shared/base64';
import { type MemoryPlace, pageBytes } from './memoryPages';

/** A prefix says whose addresses they are: `gpa:` guest-physical, `hpa:` host-physical; without one they are the guest's own. */
const space = /^\s*(gva|gpa|hpa):(.*)$/i;

/** @throws Error that says why it leads nowhere */
export async function placeOf(session: vscode.DebugSession, expression: string): Promise<MemoryPlace> {
  const [, prefix = 'gva', rest = expression] = space.exec(expression) ?? [];
  const answer = (await session.customRequest('evaluate', { expression: rest, context: 'watch' })) as Evaluated;
  const [, digits] = /^gva:(0x[0-9a-f]+)$/i.exec(answer.memoryReference ?? '') ?? [];
  if (digits === undefined)
    throw new Error(vscode.l10n.t('{0} is no address: it is {1}.', expression.trim(), answer.result));
  return { space: prefix.toLowerCase(), address: Number(digits) };
}

interface Evaluated {
  readonly result: string;
  readonly memoryReference?: string;
}

/** The bytes of a page; undefined if they cannot all be read. */
export async function readPage(session: vscode.DebugSession, page: MemoryPlace): Promise<Uint8Array | undefined> {
  const request = { memoryReference: referenceTo(page), count: pageBytes };
  const { data = '' } = (await session.customRequest('readMemory', request)) as { data?: string };
  const bytes = fromBase64(data);
  return bytes?.length === pageBytes ? bytes : undefined;
}

/** @throws Error that says why it cannot be written */
export async function writeByte(session: vscode.DebugSession, place: MemoryPlace, byte: number): Promise<void> {
  const data = toBase64(Uint8Array.of(byte));
  await session.customRequest('writeMemory', { memoryReference: referenceTo(place), data });
}

const referenceTo = ({ space, address }: MemoryPlace): string => `${space}:0x${address.toString(16)}`;
