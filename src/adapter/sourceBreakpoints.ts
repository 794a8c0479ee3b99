// Breakpoints as the client sets them, turned into addresses of the program; kept, so that they can be set again when
// the program has been assembled anew.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/hex';
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
import type { SourcePosition } from '../symbols/lineTable';
import type { SymbolPart } from '../symbols/symbolPart';
import type { CodePlace } from '../symbols/partedLines';
import { fileName } from '../debug/paths';
import { type Statement, statementsOf } from '../monitor/statements';
import type { ProgramSymbols } from '../symbols/programSymbols';
import { errors, type UserError } from '../debug/userError';
import type { Client } from './client';
import { parseDataId, registerOf } from './dataId';
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
  private readonly standing = new Map<string, { breakpoints: readonly Breakpoint[]; resolved: readonly Resolved[] }>();
  /** by id: whether the client has been told that it is verified */
  private readonly told = new Map<number, boolean>();

  constructor(
    private readonly client: () => Client,
    private readonly sources: Sources,
    private readonly symbols: () => ProgramSymbols,
    /** tells the user what is wrong with a condition, which else only shows where the breakpoint is looked at */
    private readonly complain: (problem: string) => void,
  ) {}

  setInSource(source: DebugProtocol.Source, given: readonly DebugProtocol.SourceBreakpoint[]): Answered[] {
    const group = `source ${this.sources.monitorFileOf(source) ?? source.path ?? source.name ?? ''}`;
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
    const problems = this.engine.setFilters(choices);
    choices.forEach(({ condition }, index) => {
      const problem = problems[index];
      if (condition && problem !== undefined) this.complain(errors.refusedCondition(condition, problem).message);
    });
    return problems;
  }

  /** After the program has been assembled anew: every breakpoint again, with its old id. */
  setAgain(): Answered[] {
    this.engine.forgetHits();
    return [...this.groups].flatMap(([group, resolve]) => {
      const { kind, resolved } = resolve();
      return this.put(group, kind, resolved, this.engine.idsOf(group));
    });
  }

  /** Those whose code has come into memory, or has gone, since the client was told. */
  changes(): Answered[] {
    return [...this.standing.values()].flatMap(({ breakpoints, resolved }) =>
      breakpoints.flatMap((breakpoint, index) =>
        this.told.get(breakpoint.id) === breakpoint.verified ? [] : this.answer(breakpoint, resolved[index]),
      ),
    );
  }

  private put(
    group: string,
    kind: BreakpointKind,
    resolved: readonly Resolved[],
    ids: readonly number[] = [],
  ): Answered[] {
    for (const { id } of this.standing.get(group)?.breakpoints ?? []) this.told.delete(id);
    const breakpoints = this.engine.replace(group, kind, resolved, ids);
    this.standing.set(group, { breakpoints, resolved });
    breakpoints.forEach(({ refusal }, index) => {
      if (refusal !== undefined)
        this.complain(errors.refusedCondition(resolved[index]?.condition ?? '', refusal).message);
    });
    return breakpoints.map((breakpoint, index) => this.answer(breakpoint, resolved[index]));
  }

  private answer({ id, verified, problem, addresses }: Breakpoint, { answer }: Resolved): Answered {
    this.told.set(id, verified);
    if (verified) return { ...answer, id, verified };
    if (problem !== undefined) return { ...answer, id, verified, message: problem, reason: 'failed' };
    return { ...answer, id, verified, message: errors.notThereYet(hex(addresses[0], 8)).message, reason: 'pending' };
  }

  /** Lines from `first` to `last` where a breakpoint can be. */
  locations(source: DebugProtocol.Source, first: number, last: number): DebugProtocol.BreakpointLocation[] {
    const client = this.client();
    const [from, to] = [client.lineIn(first), client.lineIn(last)];
    const monitorFile = this.sources.monitorFileOf(source);
    const lines =
      monitorFile === undefined
        ? this.symbols().lines.linesWithCode(this.sources.namesOf(source), from, to)
        : statementsBetween(monitorFile, from, to);
    return [...new Set(lines.map(({ line }) => line))].map(line => ({ line: client.lineOut(line) }));
  }

  private set(group: string, kind: BreakpointKind, resolve: () => readonly Resolved[]): Answered[] {
    this.groups.set(group, () => ({ kind, resolved: resolve() }));
    const resolved = resolve();
    return this.put(group, kind, resolved);
  }

  /** At the line, or at the next one that has code. */
  private inSource(source: DebugProtocol.Source, given: DebugProtocol.SourceBreakpoint): Resolved {
    const monitorFile = this.sources.monitorFileOf(source);
    if (monitorFile !== undefined) return this.inMonitor(source, monitorFile, given);
    const files = this.sources.namesOf(source);
    const client = this.client();
    const name = source.name ?? source.path ?? '';
    if (files.length === 0) return unresolved(given, errors.notInProgram(name).message, { source });
    const wanted = client.lineIn(given.line);
    const { lines } = this.symbols();
    const line = lines.linesWithCode(files, wanted, Infinity)[0]?.line;
    if (line === undefined)
      return unresolved(given, errors.noCodeAtLine(name, wanted).message, { source, line: given.line });
    const answer = { source, line: client.lineOut(line) };
    return { ...given, ...standing(lines.placesOf(files, line)), answer };
  }

  /** In the monitor's source: at the line, or at the next one that a handler can stop at. */
  private inMonitor(source: DebugProtocol.Source, file: string, given: DebugProtocol.SourceBreakpoint): Resolved {
    const client = this.client();
    const wanted = client.lineIn(given.line);
    const place = { source, line: given.line };
    if (!this.sources.hasMonitor()) return unresolved(given, errors.noMonitor().message, place);
    const [first, ...others] = statementsBetween(file, wanted, Infinity);
    if (first === undefined) return unresolved(given, errors.noStatementAtLine(fileName(file), wanted).message, place);
    const statements = [first, ...others.filter(({ line }) => line === first.line)];
    return { ...given, addresses: [], statements, answer: { source, line: client.lineOut(first.line) } };
  }

  /** On a label, `label+offset`, or an address. */
  private function(given: DebugProtocol.FunctionBreakpoint): Resolved {
    const { address, part, problem } = this.addressOf(given.name);
    if (address === undefined) return unresolved(given, problem.message, {});
    const position = part ? part.lines.positionOf(address) : this.symbols().lines.positionOf(address);
    const answer = { instructionReference: `0x${address.toString(16)}`, ...this.placed(position) };
    return { ...given, ...standing([{ address, isThere: part?.isThere ?? (() => true) }]), answer };
  }

  private data(given: DebugProtocol.DataBreakpoint): Resolved {
    const { dataId, accessType = 'write' } = given;
    const register = registerOf(dataId);
    if (register !== undefined) return { ...given, addresses: [], register, answer: {} };
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
  ):
    | { address: number; part: SymbolPart | undefined; problem?: undefined }
    | { address?: undefined; part?: undefined; problem: UserError } {
    const symbols = this.symbols();
    const [, name = '', digits = '0'] = /^\s*([^+\s]+)\s*(?:\+\s*(\S+))?\s*$/.exec(text) ?? [];
    const offset = parseNumber(digits);
    const label = symbols.isLabel(name) ? symbols.valueOf(name) : undefined;
    const address = label ?? parseNumber(name);
    const part = label === undefined ? undefined : symbols.partNaming(name);
    if (address !== undefined && offset !== undefined) return { address: address + offset, part };
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

  private placed(position: SourcePosition | undefined): Partial<Answered> {
    if (!position) return {};
    return { source: this.sources.ofFile(position.file), line: this.client().lineOut(position.line) };
  }
}

const statementsBetween = (file: string, first: number, last: number): Statement[] =>
  statementsOf(file)
    .filter(({ line }) => line >= first && line <= last)
    .sort((a, b) => a.line - b.line);

const unresolved = (given: object, problem: string, answer: Partial<Answered>): Resolved => ({
  ...given,
  addresses: [],
  problem,
  answer,
});

const standing = (places: readonly CodePlace[]): Pick<BreakpointRequest, 'addresses' | 'isThere'> => ({
  addresses: places.map(({ address }) => address),
  isThere: address => places.some(place => place.address === address && place.isThere(address)),
});
