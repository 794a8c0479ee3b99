// Sources as the client knows them: the program's by their paths, the monitor's and the BIOS's by URIs that the extension opens,
// or by references, since their text is inside the adapter.
import type { DebugProtocol } from '@vscode/debugprotocol';
import ownTexts from 'ringside:own-sources';
import { t } from '../base/localization';
import { fileName, isSameFile } from '../debug/paths';
import { errors } from '../debug/userError';
import { ownUri } from '../shared/ownSource';
import type { Client } from './client';

const ownFiles = Object.keys(ownTexts);
const isMonitors = (file: string): boolean => file.startsWith('monitor/');
const monitorFiles = ownFiles.filter(isMonitors);

export class Sources {
  /** names in line tables → paths or URIs */
  private program: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly client: () => Client,
    /** does the guest run under a monitor? */
    readonly hasMonitor: () => boolean,
  ) {}

  setProgram(program: ReadonlyMap<string, string>): void {
    this.program = program;
  }

  /** The source of that name in the program's line table. */
  ofFile(name: string): DebugProtocol.Source {
    const path = this.program.get(name);
    if (path !== undefined && ownFiles.includes(path)) return this.ofOwn(path, t`the BIOS's own source`);
    return path === undefined ? { name } : { name: fileName(path), path };
  }

  /** The names in line tables of the source that the client means; none if it is not part of the program. */
  namesOf(source: DebugProtocol.Source): string[] {
    const path = ownFileOf(source) ?? source.path;
    if (path === undefined) return [];
    return [...this.program].filter(([, known]) => isSameFile(known, path)).map(([name]) => name);
  }

  /** `file` is relative to src/, as statements name it. */
  ofMonitor(file: string): DebugProtocol.Source {
    return this.ofOwn(file, t`the monitor's own source`);
  }

  /** VS Code opens it by a URI; other clients ask for its text. */
  private ofOwn(file: string, origin: string): DebugProtocol.Source {
    if (this.client().opensOwnUris) return { name: fileName(file), path: ownUri(file), origin };
    return { name: fileName(file), path: file, sourceReference: ownFiles.indexOf(file) + 1, origin };
  }

  /** The monitor's file that the client means; undefined if it means another. */
  monitorFileOf(source: DebugProtocol.Source): string | undefined {
    const file = ownFileOf(source);
    return file !== undefined && isMonitors(file) ? file : undefined;
  }

  /** @throws UserError */
  text(reference: number): string {
    const file = ownFiles[reference - 1];
    const text = file === undefined ? undefined : ownTexts[file];
    if (text === undefined) throw errors.noSuchSource(reference);
    return text;
  }

  all(): DebugProtocol.Source[] {
    const ofProgram = [...this.program.keys()].map(name => this.ofFile(name));
    return this.hasMonitor() ? [...ofProgram, ...monitorFiles.map(file => this.ofMonitor(file))] : ofProgram;
  }
}

/** The file of Ringside's own that the client means. */
function ownFileOf({ path, sourceReference = 0 }: DebugProtocol.Source): string | undefined {
  if (sourceReference > 0) return ownFiles[sourceReference - 1];
  return ownFiles.find(file => path === file || path === ownUri(file));
}
