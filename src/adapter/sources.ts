// Sources as the client knows them: the program's by their paths, the monitor's by URIs that the
// extension opens, or by references, since their text is inside the adapter.
import type { DebugProtocol } from '@vscode/debugprotocol';
import monitorTexts from 'ringside:monitor-sources';
import { t } from '../base/localization';
import { fileName, isSameFile } from '../debug/paths';
import { errors } from '../debug/userError';
import { monitorUri } from '../shared/monitorSource';
import type { Client } from './client';

const monitorFiles = Object.keys(monitorTexts);

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
    return path === undefined ? { name } : { name: fileName(path), path };
  }

  /** The names in line tables of the source that the client means; none if it is not part of the program. */
  namesOf({ path }: DebugProtocol.Source): string[] {
    if (path === undefined) return [];
    return [...this.program].filter(([, known]) => isSameFile(known, path)).map(([name]) => name);
  }

  /** `file` is relative to src/, as statements name it. VS Code opens it by a URI; other clients ask for its text. */
  ofMonitor(file: string): DebugProtocol.Source {
    const origin = t`the monitor's own source`;
    if (this.client().opensMonitorUris) return { name: fileName(file), path: monitorUri(file), origin };
    return { name: fileName(file), path: file, sourceReference: monitorFiles.indexOf(file) + 1, origin };
  }

  /** The monitor's file that the client means; undefined if it means another. */
  monitorFileOf({ path, sourceReference = 0 }: DebugProtocol.Source): string | undefined {
    if (sourceReference > 0) return monitorFiles[sourceReference - 1];
    return monitorFiles.find(file => path === file || path === monitorUri(file));
  }

  /** @throws UserError */
  text(reference: number): string {
    const file = monitorFiles[reference - 1];
    const text = file === undefined ? undefined : monitorTexts[file];
    if (text === undefined) throw errors.noSuchSource(reference);
    return text;
  }

  all(): DebugProtocol.Source[] {
    const ofProgram = [...this.program.keys()].map(name => this.ofFile(name));
    return this.hasMonitor() ? [...ofProgram, ...monitorFiles.map(file => this.ofMonitor(file))] : ofProgram;
  }
}
