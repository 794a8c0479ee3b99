// The symbol table: labels and constants over the passes. A symbol keeps its value from one pass to the next, so that
// a reference to what stands below sees the last pass's value; the passes end when no value changes any more.
import type { Budget } from './budget';
import { AssemblyError, FatalError } from './diagnostics';
import type { Token } from './lexer';
import { limits } from './limits';
import { Linkage } from './linkage';
import { messages } from './messages';
import { nearNames } from './nearNames';
import { relativeTo, unknownValue, type Value } from './value';

export interface SymbolEntry {
  readonly name: string;
  value: Value;
  kind: 'label' | 'constant';
  token: Token;
  section?: string;
  /** The pass that defined it last. */
  pass: number;
}

const sameValue = (a: Value, b: Value) =>
  a.constant === b.constant &&
  a.unknown === b.unknown &&
  a.bases.length === b.bases.length &&
  a.bases.every(({ base, factor }, index) => base === b.bases[index].base && factor === b.bases[index].factor);

/** `.name` belongs to the last label that is not local; `..@name` and `..name` do not. */
export const isLocalName = (name: string) => name.startsWith('.') && !name.startsWith('..');

export class SymbolTable {
  readonly entries = new Map<string, SymbolEntry>();
  readonly globals = new Set<string>();
  readonly linkage = new Linkage();
  /** The last symbol whose value is not what it was in the pass before. */
  changed: Token | undefined;
  private pass = 0;
  /** Characters of all names. */
  private characters = 0;
  /** The last label that is not local. */
  private scope = '';

  constructor(private readonly budget: Budget) {}

  beginPass(pass: number) {
    this.pass = pass;
    this.changed = undefined;
    this.scope = '';
  }

  /** A local name with the label that it belongs to. */
  qualified(name: string): string {
    return isLocalName(name) ? this.scope + name : name;
  }

  /** Defines a symbol; a label opens a scope for local names, a constant does not. Throws AssemblyError. */
  define(token: Token, value: Value, kind: SymbolEntry['kind'], section?: string) {
    const name = this.qualified(token.text);
    if (kind === 'label' && !token.text.startsWith('.')) this.scope = name;
    const known = this.entries.get(name);
    if (!known) {
      this.characters += name.length;
      if (this.characters > limits.symbolCharacters) throw new FatalError(messages.symbolsTooLong(), token);
      // What is declared as external and defined all the same is global (NASM manual §7.6).
      if (this.linkage.externals.delete(name)) this.globals.add(name);
      this.entries.set(name, { name, value, kind, token, pass: this.pass, ...(section ? { section } : {}) });
      this.changed = token;
      return;
    }
    if (known.pass === this.pass && sameValue(known.value, value)) return;
    if (known.pass === this.pass) throw new AssemblyError(messages.redefined(name, known.token.position), token);
    if (!sameValue(known.value, value)) this.changed = token;
    Object.assign(known, { value, kind, token, pass: this.pass });
  }

  /** The value of a symbol; unknown in the first pass if it stands below. Throws AssemblyError if there is none. */
  value(name: string, token: Token): Value {
    const known = this.entries.get(this.qualified(name));
    if (known) return known.value;
    const external = this.linkage.externals.get(this.qualified(name));
    if (external) return relativeTo(external, 0n);
    if (this.pass === 1) return unknownValue;
    throw new AssemblyError(this.undefinedMessage(name), token);
  }

  undefinedMessage(name: string): string {
    const qualified = this.qualified(name);
    const near = this.budget.maySuggest() ? nearNames(qualified, this.entries.keys()) : [];
    const shown = near.map(other =>
      isLocalName(name) && other.startsWith(`${this.scope}.`) ? other.slice(this.scope.length) : other,
    );
    return messages.undefinedSymbol(name, shown);
  }

  isDefined(name: string): boolean {
    const qualified = this.qualified(name);
    return this.entries.has(qualified) || this.linkage.externals.has(qualified);
  }
}
