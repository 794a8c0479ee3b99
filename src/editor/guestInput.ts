// What a user types goes to the guest, as requests of the debug session.
import * as vscode from 'vscode';
import {
  keysRequest,
  type KeysRequest,
  type TextRequest,
  type TypeAnswer,
  typeRequest,
  typeRequests,
} from '../shared/guestInput';

/** Says what could not be given, if anything. */
export async function give(session: vscode.DebugSession, input: KeysRequest | TextRequest): Promise<void> {
  try {
    if ('codes' in input) await session.customRequest(keysRequest, input);
    else await type(session, input.text);
  } catch (error) {
    void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
  }
}

async function type(session: vscode.DebugSession, text: string): Promise<void> {
  let leftOut = 0;
  for (const request of typeRequests(text))
    leftOut += ((await session.customRequest(typeRequest, request)) as TypeAnswer).leftOut;
  if (leftOut > 0)
    void vscode.window.showWarningMessage(
      vscode.l10n.t('{0} characters were left out: no key of a US keyboard types them.', leftOut),
    );
}
