// What both extensions do, on the desktop and in a browser: register the providers and commands that package.json names.
import * as vscode from 'vscode';
import { Builds } from './builds';
import { ConfigurationForEachTechnique, configurationFor, LaunchConfigurations, techniques } from './configurations';
import { AssemblerDiagnostics } from './diagnostics';
import { LanguageClient, type LanguageWorker } from './languageClient';
import { GuestInFront } from './guestInFront';
import { GuestScreens } from './guestScreens';
import { Listings } from './listing';
import { OwnSources } from './ownSources';
import { MainPrograms } from './mainPrograms';
import { MemoryViews } from './memoryViews';
import { RingStatus } from './ringStatus';
import { RingView } from './ringView';
import { openMain, openSample } from './samples';
import { Stepping } from './stepping';
import { SerialTerminals } from './serialTerminals';
import { offerWalkthrough, openWalkthrough } from './walkthrough';
import { Whereabouts } from './whereabouts';

export function activateEditor(
  context: vscode.ExtensionContext,
  startLanguageWorker: () => Promise<LanguageWorker>,
): void {
  const client = new LanguageClient(startLanguageWorker, [context.globalStorageUri]);
  const listings = new Listings(client);
  const programs = new MainPrograms(context.workspaceState);
  const screens = new GuestScreens(context.extensionUri);
  const stepping = new Stepping();
  const terminals = new SerialTerminals();
  const inFront = new GuestInFront();
  const memories = new MemoryViews(context.extensionUri, inFront);
  void offerWalkthrough();
  const whereabouts = new Whereabouts(inFront);
  const rings = new RingView(context.extensionUri, whereabouts, place => memories.show(place));
  const offered = techniques(context.extension);
  const register = <Given = vscode.Uri>(name: string, run: (given?: Given, more?: string) => Promise<unknown> | void) =>
    vscode.commands.registerCommand(`ringside.${name}`, run);
  context.subscriptions.push(
    client,
    screens,
    stepping,
    terminals,
    inFront,
    memories,
    whereabouts,
    new RingStatus(whereabouts),
    rings.register(),
    new AssemblerDiagnostics(client),
    listings.register(),
    new OwnSources(context.extensionUri).register(),
    vscode.debug.registerDebugConfigurationProvider('ringside', new LaunchConfigurations(programs, new Builds(client))),
    vscode.debug.registerDebugConfigurationProvider(
      'ringside',
      new ConfigurationForEachTechnique(offered, programs),
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    register('openSample', (folder?: string) => openSample(context, folder)),
    register('debugSample', async (folder?: string, technique?: string) => {
      const main = await openMain(context, folder);
      if (main) await vscode.debug.startDebugging(undefined, configurationFor(main, technique));
    }),
    register('firstTrap', () => openWalkthrough(context)),
    register('debugFile', source => debug(programs, source)),
    register('debugAgain', () => debugAgain(programs)),
    register('debugFileWithTechnique', async source => {
      const items = offered.map(({ id, description }) => ({ label: id, detail: description }));
      const placeHolder = vscode.l10n.t('Under which technique?');
      const technique = await vscode.window.showQuickPick(items, { placeHolder });
      if (technique) await debug(programs, source, technique.label);
    }),
    register('stepIntoEverything', () => stepping.intoEverything(true)),
    register('stepIntoCausedOnly', () => stepping.intoEverything(false)),
    register('showScreen', () => screens.showActive()),
    register('showSerialTerminal', () => terminals.showActive()),
    register('showMemory', (place?: Parameters<MemoryViews['show']>[0]) => memories.show(place)),
    register('showListing', async source => {
      const uri = source ?? vscode.window.activeTextEditor?.document.uri;
      if (uri) await listings.show(uri);
    }),
  );
}

/** Whatever is in front. */
async function debugAgain(programs: MainPrograms): Promise<void> {
  const last = programs.lastStarted;
  if (last) await vscode.debug.startDebugging(undefined, last);
  else
    await vscode.window.showErrorMessage(vscode.l10n.t('Nothing has been debugged yet: open a source and press F5.'));
}

async function debug(programs: MainPrograms, file?: vscode.Uri, technique?: string): Promise<void> {
  const source = file ? await programs.of(file) : await programs.inFront();
  if (source === undefined) {
    await vscode.window.showErrorMessage(
      vscode.l10n.t('Open an assembly source first; that is what will be debugged.'),
    );
    return;
  }
  const folder = vscode.workspace.getWorkspaceFolder(source);
  await vscode.debug.startDebugging(folder, configurationFor(source, technique));
}
