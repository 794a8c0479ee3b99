// Launch configurations: F5 on a bare assembly source needs none, the Run view offers one for each technique, and paths
// that VS Code hands over without their scheme are mended before the adapter sees them.
import * as vscode from 'vscode';
import type { Builds } from './builds';
import type { MainPrograms } from './mainPrograms';
import { fileNamed, languageIds, located } from './sources';
import { stepsIntoEverything } from './stepping';

/** A `technique` of the launch configuration, as package.json lists it. */
export interface Technique {
  id: string;
  description: string;
}

/** as launch.json writes it */
const fileInFront = '${file}';
/** what the user gave, on its way from the one resolver to the other */
const givenAttributes = 'ringsideGiven';
const attributesWithPaths = ['program', 'disks', 'floppies', 'diskImage', 'cwd', 'includePaths'];

/** The techniques stand in package.json only, so that launch.json's completion and the commands agree. */
export function techniques(extension: vscode.Extension<unknown>): Technique[] {
  const { contributes } = extension.packageJSON as {
    contributes: { configuration: { properties: { 'ringside.technique': TechniqueSetting } } };
  };
  const setting = contributes.configuration.properties['ringside.technique'];
  return setting.enum.map((id, index) => ({ id, description: setting.enumDescriptions[index] ?? '' }));
}

interface TechniqueSetting {
  enum: string[];
  enumDescriptions: string[];
}

/** The configuration that F5 stands for on `program`: the setting's technique, unless one is named. */
export function configurationFor(program: vscode.Uri, technique?: string): vscode.DebugConfiguration {
  return {
    type: 'ringside',
    request: 'launch',
    name: vscode.workspace.asRelativePath(program),
    program: located(program),
    ...(technique === undefined ? {} : { technique }),
  };
}

function activeProgram(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && languageIds.includes(document.languageId) ? document.uri : undefined;
}

/** Fills in what the user left out of a configuration, or all of it. */
export class LaunchConfigurations implements vscode.DebugConfigurationProvider {
  constructor(
    private readonly programs: MainPrograms,
    private readonly builds: Builds,
  ) {}

  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const isNamed = configuration.program !== undefined && configuration.program !== fileInFront;
    const active = isNamed ? activeProgram() : await this.programs.inFront();
    const filled: vscode.DebugConfiguration = {
      ...(active && configurationFor(active)),
      ...(isBare(configuration) && active ? this.again(active) : {}),
      ...configuration,
    };
    // `${file}` would be the file in front itself, though another one includes it
    if (!isNamed && active && !Array.isArray(filled.program)) filled.program = located(active);
    if (typeof filled.program !== 'string' && !Array.isArray(filled.program)) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Nothing to debug: open an assembly source, or name one as "program" in launch.json.'),
      );
      return undefined;
    }
    const settings = vscode.workspace.getConfiguration('ringside', active);
    return {
      technique: settings.get<string>('technique'),
      memoryMb: settings.get<number>('memoryMb'),
      includePaths: settings.get<string[]>('includePaths'),
      defines: settings.get<string[]>('defines'),
      stepIntoEverything: stepsIntoEverything(),
      ...filled,
      [givenAttributes]: filled,
    };
  }

  /** What was started last, if that is the program of the source in front: F5 there starts it again. */
  private again(program: vscode.Uri): vscode.DebugConfiguration | undefined {
    const last = this.programs.lastStarted;
    const main: unknown = Array.isArray(last?.program) ? last.program[0] : last?.program;
    return typeof main === 'string' && fileNamed(program, main).toString() === program.toString() ? last : undefined;
  }

  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const { [givenAttributes]: given, ...substituted } = configuration;
    const mended = this.mended(folder, substituted);
    if (!(await this.builds.succeeds(mended))) return undefined;
    if (isObject(given)) this.programs.noteStart({ ...configurationFrom(given), program: mended.program as unknown });
    return mended;
  }

  private mended(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration {
    const root = folder?.uri ?? workspaceOf(configuration.program);
    const mended: vscode.DebugConfiguration = { ...(root && { cwd: located(root) }), ...configuration };
    for (const attribute of attributesWithPaths) mended[attribute] = withSchemes(mended[attribute], root);
    mended.symbols = filesIn(mended.symbols, root);
    if (isObject(mended.sourceMap)) mended.sourceMap = mapped(mended.sourceMap, path => withSchemes(path, root));
    return mended;
  }
}

const configurationFrom = (given: Record<string, unknown>): vscode.DebugConfiguration => ({
  type: 'ringside',
  request: 'launch',
  name: 'Ringside',
  ...given,
});

/** F5 without a launch.json. */
const isBare = ({ type, request, name }: Partial<vscode.DebugConfiguration>): boolean => !type && !request && !name;

function workspaceOf(named: unknown): vscode.Uri | undefined {
  const program: unknown = Array.isArray(named) ? named[0] : named;
  if (typeof program !== 'string') return undefined;
  return vscode.workspace.getWorkspaceFolder(fileNamed(activeProgram() ?? vscode.Uri.file('/'), program))?.uri;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const mapped = (object: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** `symbols`, with the path in each entry mended. */
function filesIn(symbols: unknown, folder: vscode.Uri | undefined): unknown {
  if (!Array.isArray(symbols)) return symbols;
  return symbols.map((entry: unknown) =>
    isObject(entry) ? { ...entry, file: withSchemes(entry.file, folder) } : entry,
  );
}

/** Of a path, or of each path in a list. */
function withSchemes(value: unknown, folder: vscode.Uri | undefined): unknown {
  if (Array.isArray(value)) return value.map(each => withSchemes(each, folder));
  return typeof value === 'string' && value !== '' ? withScheme(value, folder) : value;
}

/** In a browser `${file}` turns into a bare `/prog.asm`; its scheme and authority are those of the workspace folder. */
function withScheme(name: string, folder: vscode.Uri | undefined): string {
  const hasScheme = /^[a-z][\w+.-]+:/i.test(name);
  const base = folder ?? siblingFolder(activeProgram());
  if (hasScheme || base === undefined) return name;
  const absolute = /^([\\/]|[a-z]:)/i.test(name);
  if (absolute) return base.scheme === 'file' ? name : base.with({ path: name }).toString();
  return located(vscode.Uri.joinPath(base, name));
}

function siblingFolder(file: vscode.Uri | undefined): vscode.Uri | undefined {
  return file && vscode.Uri.joinPath(file, '..');
}

/** The Run view's choice for the source in the editor: one configuration for each technique. */
export class ConfigurationForEachTechnique implements vscode.DebugConfigurationProvider {
  constructor(
    private readonly techniques: Technique[],
    private readonly programs: MainPrograms,
  ) {}

  async provideDebugConfigurations(): Promise<vscode.DebugConfiguration[]> {
    const program = await this.programs.inFront();
    if (program === undefined) return [];
    return this.techniques.map(({ id }) => {
      const configuration = configurationFor(program, id);
      return { ...configuration, name: `${configuration.name} · ${id}` };
    });
  }
}
