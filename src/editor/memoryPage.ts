// What the page of the memory view (media/memory/) consists of, and what it says.
import * as vscode from 'vscode';
import { escaped } from './webviewPage';
import type { MemoryTexts } from '../shared/memoryMessages';

export const memoryTexts = (): MemoryTexts => ({
  noGuest: vscode.l10n.t('No guest has stopped yet. Start one with F5.'),
  running: vscode.l10n.t('The guest runs. These are its bytes at the last stop.'),
  ended: vscode.l10n.t('The guest has ended. These are its last bytes.'),
  unchanged: vscode.l10n.t('None of these bytes is known to have changed since the last stop.'),
  changed: vscode.l10n.t('Changed since the last stop: {0}. They are underlined.'),
  was: vscode.l10n.t('{0}, was {1}'),
  unreadable: vscode.l10n.t('nothing is mapped here'),
  edit: vscode.l10n.t('Type two hexadecimal digits on a byte to change it.'),
});

export function memoryBody(): string {
  const place = escaped(vscode.l10n.t('Address'));
  const hint = escaped(vscode.l10n.t('esp, a label, 0x7c00, gpa:0x1000 for guest-physical'));
  const earlier = escaped(vscode.l10n.t('Lower addresses'));
  const later = escaped(vscode.l10n.t('Higher addresses'));
  return `<form id="place">
<label for="expression">${place}</label>
<input id="expression" spellcheck="false" autocomplete="off" title="${hint}">
<output id="address" for="expression"></output>
<button type="button" id="earlier" title="${earlier}" aria-label="${earlier}">▲</button>
<button type="button" id="later" title="${later}" aria-label="${later}">▼</button>
</form>
<p id="problem" role="alert"></p>
<main id="rows">
<table id="memory" role="grid" aria-label="${escaped(vscode.l10n.t('Memory'))}"></table>
</main>
<footer>
<p id="state" role="status"></p>
<p id="edit"></p>
</footer>`;
}
