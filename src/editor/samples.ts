// The sample guests that ship with Ringside. One is opened as a copy of the user's own, which can be edited and is
// still there after an update.
import * as vscode from 'vscode';

export interface Sample {
  /** Its folder in media/samples/. */
  folder: string;
  title: string;
  detail: string;
  /** All its files, since an extension's folder cannot be listed in a browser. The first is the one to debug, the last to read. */
  files: string[];
}

export const samples = (): Sample[] => [
  {
    folder: 'first-trap',
    title: vscode.l10n.t('First trap'),
    detail: vscode.l10n.t('A small kernel and a program that asks it to write a file'),
    files: [
      'first-trap.asm',
      'disk.inc',
      'files.inc',
      'interrupts.inc',
      'layout.inc',
      'macros.inc',
      'paging.inc',
      'program.inc',
      'segments.inc',
      'serial.inc',
      'system-calls.inc',
      'README.md',
    ],
  },
  {
    folder: 'popf',
    title: vscode.l10n.t('The clock that stops'),
    detail: vscode.l10n.t(
      'A kernel that guards a few lines with pushf, cli and popf, of which one is sensitive and does not trap',
    ),
    files: ['popf.asm', 'README.md'],
  },
];

export async function openSample(context: vscode.ExtensionContext, folder?: string): Promise<void> {
  const files = await filesOf(context, folder);
  if (files.length > 0) await openAll(files);
}

/** Gives the source to debug, in front. */
export async function openMain(context: vscode.ExtensionContext, folder?: string): Promise<vscode.Uri | undefined> {
  const [main] = await filesOf(context, folder);
  if (main) await openAll([main]);
  return main;
}

/** Of the sample in that folder, or of whichever the user chooses; none if that is none. */
async function filesOf(context: vscode.ExtensionContext, folder: string | undefined): Promise<vscode.Uri[]> {
  const chosen = samples().find(sample => sample.folder === folder) ?? (await choice());
  return chosen ? copyOnce(context, chosen) : [];
}

/**
 * A tab for each, the first in front. To open their folder as a workspace would start the window afresh, and end
 * whatever runs in it.
 */
async function openAll([main, ...others]: vscode.Uri[]): Promise<void> {
  await vscode.window.showTextDocument(main, { preview: false });
  // each opens right beside the one in front
  for (const file of others.reverse())
    await vscode.commands.executeCommand('vscode.open', file, { preview: false, background: true });
}

async function choice(): Promise<Sample | undefined> {
  const items = samples().map(sample => ({ label: sample.title, ...sample }));
  const placeHolder = vscode.l10n.t('Which guest do you want to step?');
  return vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true });
}

async function copyOnce(context: vscode.ExtensionContext, { folder, files }: Sample): Promise<vscode.Uri[]> {
  const from = vscode.Uri.joinPath(context.extensionUri, 'media/samples', folder);
  const to = vscode.Uri.joinPath(context.globalStorageUri, 'samples', folder);
  for (const file of files) {
    const copy = vscode.Uri.joinPath(to, file);
    if (!(await exists(copy))) {
      await vscode.workspace.fs.writeFile(copy, await vscode.workspace.fs.readFile(vscode.Uri.joinPath(from, file)));
    }
  }
  return files.map(file => vscode.Uri.joinPath(to, file));
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
