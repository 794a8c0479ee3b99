// What a user types goes to the guest, as requests of the debug session.
import * as vscode from 'vscode';
import {
  keysRequest,
  type KeysRequest,
  serialRequest,
  type TextRequest,
  type TypeAnswer,
  typeRequest,
} from '../shared/guestInput';

/** Keys, text to be typed on the keyboard, or text for the serial line. */
export type Input = KeysRequest | TextRequest | { serial: string };

/** Text longer than one request takes goes in several. */
const mostCharacters = 32 * 1024;

/** Says what could not be given, if anything. */
export async function give(session: vscode.DebugSession, input: Input): Promise<void> {
  try {
    if ('codes' in input) await session.customRequest(keysRequest, input);
    else if ('serial' in input) await sendAll(session, serialRequest, input.serial);
    else await type(session, input.text);
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
  }
}

const shown = new Set<string>();

/** Unless it stands there already: a key that is refused comes again and again. */
function warn(text: string): void {
  if (shown.has(text)) return;
  shown.add(text);
  void vscode.window.showWarningMessage(text).then(() => shown.delete(text));
}

async function type(session: vscode.DebugSession, text: string): Promise<void> {
  const answers = (await sendAll(session, typeRequest, text)) as TypeAnswer[];
  const leftOut = answers.reduce((sum, answer) => sum + answer.leftOut, 0);
  if (leftOut > 0) warn(vscode.l10n.t('{0} characters were left out: no key of a US keyboard types them.', leftOut));
}

/** Gives the answer of each request. */
async function sendAll(session: vscode.DebugSession, request: string, text: string): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let start = 0; start < text.length; start += mostCharacters) {
    const piece: TextRequest = { text: text.slice(start, start + mostCharacters) };
    answers.push(await session.customRequest(request, piece));
  }
  return answers;
}
