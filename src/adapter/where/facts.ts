// Facts for the client: a text, and where there is more to be seen, in the protocol's terms.
import type { Linear } from '../../base/address';
import type { Debuggee } from '../../debug/debuggee';
import { type MemoryPlace, memoryReference } from '../../debug/memory';
import type { Statement } from '../../monitor/statements';
import type { Fact, SourceLine, VariableName } from '../../shared/where';
import type { Client } from '../client';
import type { Sources } from '../sources';

export interface Target {
  readonly memory?: MemoryPlace | undefined;
  readonly bytes?: number;
  /** of the guest's code: its memory, and its line if that is known */
  readonly code?: Linear;
  /** of the monitor */
  readonly statement?: Statement | undefined;
  readonly variable?: VariableName;
}

export class Facts {
  constructor(
    readonly debuggee: Debuggee,
    private readonly sources: Sources,
    private readonly client: Client,
  ) {}

  fact(text: string, { memory, bytes, code, statement, variable }: Target = {}): Fact {
    const place: MemoryPlace | undefined = code === undefined ? memory : { space: 'gva', address: code };
    const source = this.sourceOf(code, statement);
    return {
      text,
      ...(place ? { memoryReference: memoryReference(place) } : {}),
      ...(bytes === undefined ? {} : { bytes }),
      ...(source ? { source } : {}),
      ...(variable ? { variable } : {}),
    };
  }

  private sourceOf(code: Linear | undefined, statement: Statement | undefined): SourceLine | undefined {
    if (statement) return { source: this.sources.ofMonitor(statement.file), line: this.client.lineOut(statement.line) };
    const position = code === undefined ? undefined : this.debuggee.symbols.lines.positionOf(code);
    if (!position) return undefined;
    return { source: this.sources.ofFile(position.file), line: this.client.lineOut(position.line) };
  }
}
