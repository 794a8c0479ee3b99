// What the client said about itself: how it counts lines, and which extras it understands.
import type { DebugProtocol } from '@vscode/debugprotocol';

export type ClientFacts = Partial<
  Pick<
    DebugProtocol.InitializeRequestArguments,
    | 'clientID'
    | 'locale'
    | 'linesStartAt1'
    | 'columnsStartAt1'
    | 'supportsVariableType'
    | 'supportsInvalidatedEvent'
    | 'supportsMemoryEvent'
  >
>;

export class Client {
  private readonly lineBase: number;
  private readonly columnBase: number;
  readonly knowsTypes: boolean;
  readonly knowsInvalidated: boolean;
  readonly knowsMemoryEvents: boolean;
  /** it is VS Code, where the extension shows Ringside's own sources by URIs */
  readonly opensOwnUris: boolean;

  constructor(args: ClientFacts = {}) {
    this.lineBase = args.linesStartAt1 === false ? 0 : 1;
    this.columnBase = args.columnsStartAt1 === false ? 0 : 1;
    this.knowsTypes = args.supportsVariableType === true;
    this.knowsInvalidated = args.supportsInvalidatedEvent === true;
    this.opensOwnUris = args.clientID === 'vscode';
    this.knowsMemoryEvents = args.supportsMemoryEvent === true;
  }

  /** Ours count from 1. */
  lineOut(line: number): number {
    return line - 1 + this.lineBase;
  }

  lineIn(line: number): number {
    return line + 1 - this.lineBase;
  }

  columnOut(column: number): number {
    return column - 1 + this.columnBase;
  }

  columnIn(column: number): number {
    return column + 1 - this.columnBase;
  }
}
