// What the client sees of a guest that has stopped: stack frames, scopes, variables. Their numbers hold until it goes on,
// whatever the user changes meanwhile: behind each is a way to look, not what was seen.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/hex';
import { t } from '../base/localization';
import type { Debuggee } from '../debug/debuggee';
import { memoryReference } from '../debug/memory';
import type { ExpressionContext } from '../debug/expressions/evaluate';
import { localNamed, localNodes } from '../debug/scopes/localScope';
import type { Rows, ScopeRow, VariableNode } from '../debug/scopes/node';
import { scopeRows } from '../debug/scopes/scopes';
import { callStack, type Frame, type GuestFrame } from '../debug/stack';
import { errors } from '../debug/userError';
import { stageName } from '../monitor/stageNames';
import type { MonitorFrame } from '../monitor/visit';
import type { Client } from './client';
import type { Sources } from './sources';

/** What opens below a variable or scope: all at once, or in pages. */
type Container = (() => readonly VariableNode[]) | Rows;
/** 0 stands for none, and small numbers are frames. */
const firstReference = 1000;

export class StoppedViews {
  private readonly containers: Container[] = [];
  /** by the place that a variable has and its name, so that who asks again gets the same number */
  private readonly references = new Map<string, number>();
  private stack: readonly Frame[];

  constructor(
    private readonly debuggee: Debuggee,
    private readonly sources: Sources,
    private readonly client: Client,
  ) {
    this.stack = this.walkStack();
  }

  private walkStack(): readonly Frame[] {
    return callStack(this.debuggee.engine, this.debuggee.memory);
  }

  /** The guest has been changed, and may have another stack. */
  changed(): void {
    this.stack = this.walkStack();
  }

  frames(): DebugProtocol.StackFrame[] {
    return this.stack.map((frame, index) => this.frame(frame, index + 1));
  }

  scopes(frameId: number): DebugProtocol.Scope[] {
    const frame = this.stack[frameId - 1];
    if (frame === undefined) throw errors.unknownFrame(frameId);
    if (frame.kind === 'label') return [];
    return this.scopeRows(frame).map(({ name, kind, variables }) => ({
      name,
      variablesReference: this.referenceTo(`${frameId} ${name}`, variables),
      expensive: false,
      ...(kind === 'locals' || kind === 'registers' ? { presentationHint: kind } : {}),
    }));
  }

  /** In the monitor its function's locals come first, and what it handles. */
  private scopeRows(frame: Frame): readonly ScopeRow[] {
    const rows = scopeRows(this.debuggee, frame.kind === 'guest' ? frame.registers : undefined);
    const { visit } = this.debuggee.engine;
    if (frame.kind !== 'monitor' || !visit) return rows;
    const locals: ScopeRow = { name: t`Locals`, kind: 'locals', variables: () => localNodes(visit, frame.frame) };
    return [locals, ...[...rows].sort((a, b) => Number(b.kind === 'trap') - Number(a.kind === 'trap'))];
  }

  /** The local of the monitor that an expression names, if the frame is one of the monitor's. */
  localNamed(frameId: number, expression: string): DebugProtocol.Variable | undefined {
    const frame = this.stack[frameId - 1];
    const { visit } = this.debuggee.engine;
    if (frame?.kind !== 'monitor' || !visit) return undefined;
    const node = localNamed(visit, frame.frame, expression);
    return node && this.variable(node, `${frameId} Locals ${expression}`);
  }

  /** What an expression's names mean in that frame. */
  contextOf(frameId: number): ExpressionContext {
    const frame = this.stack[frameId - 1];
    const { context } = this.debuggee;
    return frame?.kind === 'guest' && frame.registers ? context.inFrame(frame.linear, frame.registers) : context;
  }

  /** `count` of them from `start` on; 0 stands for all that are left. */
  variables(reference: number, start = 0, count = 0): DebugProtocol.Variable[] {
    const nodes = this.page(reference, start, count > 0 ? count : Infinity);
    return nodes.map((node, index) => this.variable(node, `${reference}[${start + index}]`));
  }

  private page(reference: number, start: number, count: number): readonly VariableNode[] {
    const container = this.container(reference);
    if (typeof container === 'function') return container().slice(start, start + count);
    const end = Math.min(container.count, start + count);
    return Array.from({ length: Math.max(0, end - start) }, (_, index) => container.at(start + index));
  }

  /** The expression by which the variable of that name is changed. */
  expressionOf(reference: number, name: string): string {
    const node = this.nodes(reference).find(candidate => candidate.name === name);
    if (!node) throw errors.noVariable(name);
    if (!node.settable || node.expression === undefined) throw errors.readOnlyVariable(name);
    return node.expression;
  }

  /** The linear address that the variable of that name lies at, or holds. */
  addressOf(reference: number, name: string): number | undefined {
    return this.nodes(reference).find(candidate => candidate.name === name)?.address;
  }

  /** The expression that stands for the variable of that name, if one does. */
  watchExpressionOf(reference: number, name: string): string | undefined {
    return this.nodes(reference).find(candidate => candidate.name === name)?.expression;
  }

  private nodes(reference: number): readonly VariableNode[] {
    return this.page(reference, 0, Infinity);
  }

  private container(reference: number): Container {
    const container = this.containers[reference - firstReference];
    if (container === undefined) throw errors.unknownReference(reference);
    return container;
  }

  private referenceTo(key: string, nodes: Container): number {
    const known = this.references.get(key);
    if (known !== undefined) {
      this.containers[known - firstReference] = nodes;
      return known;
    }
    const reference = firstReference + this.containers.push(nodes) - 1;
    this.references.set(key, reference);
    return reference;
  }

  private variable(node: VariableNode, place: string): DebugProtocol.Variable {
    const { name, value, expression, settable, address } = node;
    // VS Code shows what it does not take for a number grey, unless the type says that it is one
    const type = node.explanation ?? (node.isNumber ? 'number' : undefined);
    const inside = node.rows ?? node.children;
    const at = node.place ?? (address === undefined ? undefined : { space: 'gva' as const, address });
    return {
      name,
      value,
      variablesReference: inside ? this.referenceTo(`${place} ${name}`, inside) : 0,
      ...(node.rows ? { indexedVariables: node.rows.count } : {}),
      ...(type !== undefined && this.client.knowsTypes ? { type } : {}),
      ...(expression === undefined ? {} : { evaluateName: expression }),
      ...(at ? { memoryReference: memoryReference(at) } : {}),
      ...(settable ? {} : { presentationHint: { attributes: ['readOnly'] } }),
    };
  }

  private frame(frame: Frame, id: number): DebugProtocol.StackFrame {
    switch (frame.kind) {
      case 'label':
        return { id, name: frame.text, line: 0, column: 0, presentationHint: 'label' };
      case 'monitor':
        return this.monitorFrame(frame.frame, id);
      case 'guest':
        return this.guestFrame(frame, id);
    }
  }

  private monitorFrame({ statement }: MonitorFrame, id: number): DebugProtocol.StackFrame {
    const { handler, heading, file, line, column, endLine, endColumn } = statement;
    const { client } = this;
    return {
      id,
      name: heading ? t`monitor: ${handler} · ${stageName(heading.kind)}` : t`monitor: ${handler}`,
      line: client.lineOut(line),
      column: client.columnOut(column),
      endLine: client.lineOut(endLine),
      endColumn: client.columnOut(endColumn),
      source: this.sources.ofMonitor(file),
    };
  }

  private guestFrame({ linear, at }: GuestFrame, id: number): DebugProtocol.StackFrame {
    const { symbols } = this.debuggee;
    const isCaller = at !== linear;
    const position = isCaller ? symbols.lines.callSiteOf(at) : symbols.lines.positionOf(linear);
    return {
      id,
      name: symbols.describe(at) ?? hex(at, 8),
      line: position ? this.client.lineOut(position.line) : 0,
      column: position ? this.client.columnOut(position.column) : 0,
      instructionPointerReference: hex(at, 8),
      ...(position ? { source: this.sources.ofFile(position.file) } : {}),
    };
  }
}
