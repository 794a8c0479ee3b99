// What the page of the ring view (media/rings/) consists of, and what it says.
import * as vscode from 'vscode';
import { escaped } from './webviewPage';
import type { RingTexts } from '../shared/ringMessages';

export const ringTexts = (): RingTexts => ({
  ring: vscode.l10n.t('ring {0}'),
  real: vscode.l10n.t('really'),
  believed: vscode.l10n.t('believed'),
  trapped: vscode.l10n.t('when trapped'),
  processor: vscode.l10n.t('processor'),
  mode: vscode.l10n.t('mode'),
  technique: vscode.l10n.t('technique'),
  time: vscode.l10n.t('virtual time'),
  crossing: vscode.l10n.t('Last crossing'),
  monitorEntry: vscode.l10n.t('Last entry of the monitor'),
  cause: vscode.l10n.t('by'),
  gate: vscode.l10n.t('gate'),
  handler: vscode.l10n.t('leads to'),
  before: vscode.l10n.t('stack before'),
  after: vscode.l10n.t('stack after'),
  frame: vscode.l10n.t('frame'),
  isOver: vscode.l10n.t('It is over.'),
  sameStack: vscode.l10n.t('the same stack'),
  unseen: vscode.l10n.t('Crossings since then, made at full speed: {0}.'),
  noCrossing: vscode.l10n.t('Nothing has crossed from one ring to another yet.'),
  running: vscode.l10n.t('The guest runs. This was so at its last stop.'),
  nowhere: vscode.l10n.t('No guest has stopped yet.'),
  picture: vscode.l10n.t('Four rings. The processor is really in ring {0}, and the guest believes it in ring {1}. {2}'),
});

export const ringBody = (): string => `<main aria-label="${escaped(vscode.l10n.t('Rings'))}">
<div id="picture"></div>
<p id="state" role="status"></p>
<div id="facts"></div>
</main>`;
