// Breakpoints as the client sets them, turned into addresses of the program; kept, so that they can be set again when
// the program has been assembled anew.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nearNames } from '../asm/nearNames';
import {
  type Breakpoint,
  type BreakpointKind,
  type BreakpointRequest,
  Breakpoints,
  type FilterChoice,
} from '../debug/breakpoints';
import { parseNumber } from '../debug/expressions/tokens';
import { parseMemoryPlace } from '../debug/memory';
import type { SymbolTable } from '../debug/symbols';
import { errors, type UserError } from '../debug/userError';
import type { Client } from './client';
import { parseDataId } from './dataId';
import type { Sources } from './sources';

type Answered = DebugProtocol.Breakpoint;
interface Resolved extends BreakpointRequest {
  /** what the answer says beside the breakpoint itself */
  readonly answer: Partial<Answered>;
}

const groups = { functions: 'functions', instructions: 'instructions', data: 'data' } as const;

export class ClientBreakpoints {
  readonly engine = new Breakpoints();
  private readonly groups = new Map<string, () => { kind: BreakpointKind; resolved: readonly Resolved[] }>();

  constructor(
    private readonly client: () => Client,
    private readonly sources: Sources,
    private readonly symbols: () => SymbolTable,
  ) {}

  setInSource(source: DebugProtocol.Source, given: readonly DebugProtocol.SourceBreakpoint[]): Answered[] {
    const group = `source ${source.path ?? source.name ?? ''}`;
    return this.set(group, 'source', () => given.map(one => this.inSource(source, one)));
  }

  setFunctions(given: readonly DebugProtocol.FunctionBreakpoint[]): Answered[] {
    return this.set(groups.functions, 'function', () => given.map(one => this.function(one)));
  }

  setInstructions(given: readonly DebugProtocol.InstructionBreakpoint[]): Answered[] {
    return this.set(groups.instructions, 'instruction', () => given.map(one => this.instruction(one)));
  }

  setData(given: readonly DebugProtocol.DataBreakpoint[]): Answered[] {
    return this.set(groups.data, 'data', () => given.map(one => this.data(one)));
  }

  /** Of each: undefined, or what is wrong with it. */
  setFilters(choices: readonly FilterChoice[]): (string | undefined)[] {
    return this.engine.setFilters(choices);
  }

  /** After the program has been assembled anew: every breakpoint again, with its old id. */
  setAgain(): Answered[] {
    this.engine.forgetHits();
    return [...this.groups].flatMap(([group, resolve]) => {
      const { kind, resolved } = resolve();
      return answers(this.engine.replace(group, kind, resolved, this.engine.idsOf(group)), resolved);
    });
  }

  /** Lines from `first` to `last` where a breakpoint can be. */
  locations(source: DebugProtocol.Source, first: number, last: number): DebugProtocol.BreakpointLocation[] {
    const file = this.sources.nameOf(source);
    if (file === undefined) return [];
    const client = this.client();
    const lines = this.symbols().lines.linesWithCode(file, client.lineIn(first), client.lineIn(last));
    return [...new Set(lines.map(({ line }) => line))].map(line => ({ line: client.lineOut(line) }));
  }

  private set(group: string, kind: BreakpointKind, resolve: () => readonly Resolved[]): Answered[] {
    this.groups.set(group, () => ({ kind, resolved: resolve() }));
    const resolved = resolve();
    return answers(this.engine.replace(group, kind, resolved), resolved);
  }

  /** At the line, or at the next one that has code. */
  private inSource(source: DebugProtocol.Source, given: DebugProtocol.SourceBreakpoint): Resolved {
    const file = this.sources.nameOf(source);
    const client = this.client();
    const name = source.name ?? source.path ?? '';
    if (file === undefined) return unresolved(given, errors.notInProgram(name).message, { source });
    const wanted = client.lineIn(given.line);
    const line = this.symbols().lines.linesWithCode(file, wanted, Infinity)[0]?.line;
    if (line === undefined)
      return unresolved(given, errors.noCodeAtLine(name, wanted).message, { source, line: given.line });
    const answer = { source, line: client.lineOut(line) };
    return { ...given, addresses: this.symbols().lines.addressesOf(file, line), answer };
  }

  /** On a label, `label+offset`, or an address. */
  private function(given: DebugProtocol.FunctionBreakpoint): Resolved {
    const { address, problem } = this.addressOf(given.name);
    if (address === undefined) return unresolved(given, problem.message, {});
    const answer = { instructionReference: `0x${address.toString(16)}`, ...this.position(address) };
    return { ...given, addresses: [address], answer };
  }

  private data(given: DebugProtocol.DataBreakpoint): Resolved {
    const { dataId, accessType = 'write' } = given;
    const parsed = parseDataId(dataId);
    if (!parsed) return unresolved(given, errors.badDataId(dataId).message, {});
    const { address, problem } = this.addressOf(parsed.place);
    if (address === undefined) return unresolved(given, problem.message, {});
    const range = {
      first: address,
      last: address + parsed.bytes - 1,
      reads: accessType !== 'write',
      writes: accessType !== 'read',
    };
    return { ...given, addresses: [], range, answer: {} };
  }

  /** Of a label, `label+offset`, or an address as text. */
  private addressOf(
    text: string,
  ): { address: number; problem?: undefined } | { address?: undefined; problem: UserError } {
    const symbols = this.symbols();
    const [, name = '', digits = '0'] = /^\s*([^+\s]+)\s*(?:\+\s*(\S+))?\s*$/.exec(text) ?? [];
    const offset = parseNumber(digits);
    const label = symbols.isLabel(name) ? symbols.valueOf(name) : undefined;
    const address = label ?? parseNumber(name);
    if (address !== undefined && offset !== undefined) return { address: address + offset };
    if (symbols.isEmpty) return { problem: errors.noSymbols(text) };
    const labels = [...symbols.names].filter(known => symbols.isLabel(known));
    return { problem: errors.noSuchLabel(text, nearNames(name, labels)) };
  }

  private instruction(given: DebugProtocol.InstructionBreakpoint): Resolved {
    const { instructionReference, offset = 0 } = given;
    const place = parseMemoryPlace(instructionReference);
    if (place?.space !== 'gva')
      return unresolved(given, errors.badInstructionReference(instructionReference).message, {});
    const address = place.address + offset;
    return { ...given, addresses: [address], answer: { instructionReference, offset } };
  }

  private position(address: number): Partial<Answered> {
    const position = this.symbols().lines.positionOf(address);
    if (!position) return {};
    return { source: this.sources.ofFile(position.file), line: this.client().lineOut(position.line) };
  }
}

const unresolved = (given: object, problem: string, answer: Partial<Answered>): Resolved => ({
  ...given,
  addresses: [],
  problem,
  answer,
});

function answers(breakpoints: readonly Breakpoint[], resolved: readonly Resolved[]): Answered[] {
  return breakpoints.map(({ id, verified, problem }, index) => ({
    ...resolved[index].answer,
    id,
    verified,
    ...(problem === undefined ? {} : { message: problem, reason: 'failed' as const }),
  }));
}
