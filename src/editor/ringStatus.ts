// The status bar's item for the guest in front: its real ring beside the one that it believes in, mode, technique and virtual time,
// while its session lives. Its tooltip says the same in sentences, a click shows the ring view.
import * as vscode from 'vscode';
import type { Whereabout, Whereabouts } from './whereabouts';
import type { StandingGuest } from '../shared/where';

/** Left of what VS Code has there of the editor. */
const priority = 1000;

export class RingStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('ringside.rings', vscode.StatusBarAlignment.Left, priority);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly whereabouts: Whereabouts) {
    this.item.name = vscode.l10n.t('Ringside: rings');
    this.item.command = 'ringside.rings.focus';
    const show = (): void => this.show();
    this.subscriptions = [whereabouts.onDidChange(show), vscode.debug.onDidChangeActiveDebugSession(show)];
  }

  dispose(): void {
    for (const each of [...this.subscriptions, this.item]) each.dispose();
  }

  private show(): void {
    const { now } = this.whereabouts;
    if (!now || now.state === 'ended' || vscode.debug.activeDebugSession?.id !== now.session.id) {
      this.item.hide();
      return;
    }
    const { text, sentences } = said(now);
    this.item.text = text;
    this.item.tooltip = `${sentences}\n${vscode.l10n.t('Click to see the rings.')}`;
    this.item.accessibilityInformation = { label: sentences, role: 'button' };
    this.item.show();
  }
}

function said({ state, where }: Whereabout): { text: string; sentences: string } {
  if (state === 'running' || !where || where.running) {
    const running = vscode.l10n.t('The guest runs');
    const technique = where ? ` · ${where.technique.name}` : '';
    return { text: `$(play) ${running}${technique}`, sentences: `${running}.` };
  }
  const { mode, technique, time } = where;
  const parts = [ringsText(where), mode.text, technique.name, time.ticks.toLocaleString(vscode.env.language)];
  return { text: `$(target) ${parts.join(' · ')}`, sentences: sentencesOf(where) };
}

function ringsText({ rings: { real, believed }, processor }: StandingGuest): string {
  if (processor.in === 'monitor')
    return vscode.l10n.t('Monitor in ring {0}, the guest believes {1}', real.ring, believed.ring);
  if (real.ring === believed.ring) return vscode.l10n.t('Ring {0}', real.ring);
  return vscode.l10n.t('Ring {0}, the guest believes {1}', real.ring, believed.ring);
}

/** One a line. */
function sentencesOf({ rings: { real, believed }, processor, mode, technique, time }: StandingGuest): string {
  return [
    vscode.l10n.t('The processor is {0}.', processor.text),
    vscode.l10n.t('It is really in ring {0}; the guest believes that it is in ring {1}.', real.ring, believed.ring),
    vscode.l10n.t('Mode: {0}.', mode.text),
    vscode.l10n.t('Technique: {0}.', technique.text),
    vscode.l10n.t('Virtual time: {0}.', time.text),
  ].join('\n');
}
