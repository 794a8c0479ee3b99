// Rows of a disassembly view around an address. x86 cannot be decoded backwards: rows before the address are found by
// decoding forward from a place where an instruction is known to begin (source lines, labels, addresses that the guest
// has stopped at), and where none is known, from a guess that falls into step with the address.

import { t } from '../base/localization';
import type { InstructionText } from './instructionText';
import type { SourcePosition } from '../symbols/lineTable';
import type { ProgramSymbols } from '../symbols/programSymbols';

export interface DisassemblyRow {
  /** linear */
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** false for data, holes, and what lies outside memory */
  readonly valid: boolean;
  readonly label: string | undefined;
  readonly position: SourcePosition | undefined;
}

const longestInstruction = 15;
/** Most instructions are shorter; where too few are found, more is looked through. */
const usualInstruction = 4;
const highest = 0xffffffff;
/** rows after which decoding from anywhere has fallen into step with the program */
const fallingIntoStep = 16;
/** how many starting points are tried before a guess that does not meet the address is given up */
const guesses = 32;

export class DisassemblyView {
  constructor(
    private readonly text: InstructionText,
    private readonly symbols: ProgramSymbols,
    /** addresses at which an instruction is known to begin, beyond what the symbols say */
    private readonly visited: ReadonlySet<number>,
  ) {}

  /** Exactly `count` rows, of which row number `-offset` (if it is among them) begins at `address`. */
  rows(address: number, offset: number, count: number, codeSize: 16 | 32, codeBase = 0): DisassemblyRow[] {
    const before = offset < 0 ? this.before(address, -offset, codeSize, codeBase) : [];
    const rows = before.slice(0, Math.min(count, before.length));
    let skip = Math.max(0, offset);
    for (let next = address; rows.length < count;) {
      const row = this.row(next, codeSize, codeBase);
      if (skip > 0) skip--;
      else rows.push(row);
      next += row.bytes.length || 1;
    }
    return rows;
  }

  /** The `count` rows that end where `address` begins. */
  private before(address: number, count: number, codeSize: 16 | 32, codeBase: number): DisassemblyRow[] {
    const rows = this.rowsBefore(address, count, codeSize, codeBase);
    const missing = count - rows.length;
    if (missing <= 0) return rows.slice(rows.length - count);
    const first = rows[0]?.address ?? address;
    const filler = Array.from({ length: missing }, (_, index) => this.byteRow(first - missing + index));
    return [...filler, ...rows];
  }

  /** `count` rows or more, unless memory begins before them. */
  private rowsBefore(address: number, count: number, codeSize: 16 | 32, codeBase: number): DisassemblyRow[] {
    for (let length = usualInstruction; ; length *= 2) {
      const from = Math.max(0, address - (count + fallingIntoStep) * Math.min(length, longestInstruction));
      const start = this.startBefore(from, address, codeSize, codeBase);
      const rows = this.decodeBetween(start, address, codeSize, codeBase);
      if (rows.length >= count + fallingIntoStep || from === 0 || length >= longestInstruction) return rows;
    }
  }

  /** Where to begin decoding, near `from`, in order to arrive at `address`. */
  private startBefore(from: number, address: number, codeSize: 16 | 32, codeBase: number): number {
    const known = this.knownStarts(from, address);
    const first = known[0];
    if (first !== undefined) return this.guess(from, first, codeSize, codeBase);
    return this.guess(from, address, codeSize, codeBase);
  }

  /** A place near `from` from which decoding falls into step with `goal`; `goal` itself if there is none. */
  private guess(from: number, goal: number, codeSize: 16 | 32, codeBase: number): number {
    /** decoding that comes by one of these has missed the goal before */
    const missing = new Set<number>();
    for (let start = from; start < Math.min(goal, from + guesses); start++) {
      let next = start;
      while (next < goal && !missing.has(next)) {
        missing.add(next);
        next += this.text.at(next, codeSize, codeBase)?.length ?? 1;
      }
      if (next === goal) return start;
    }
    return goal;
  }

  /** Decodes from `start`; known starts put it back into step, with bytes for what they cut through. */
  private decodeBetween(start: number, end: number, codeSize: 16 | 32, codeBase: number): DisassemblyRow[] {
    const anchors = [...this.knownStarts(start, end), end];
    const rows: DisassemblyRow[] = [];
    let anchor = 0;
    for (let next = start; next < end;) {
      while (anchors[anchor] <= next) anchor++;
      const row = this.row(next, codeSize, codeBase);
      const cut = next + row.bytes.length > anchors[anchor];
      rows.push(cut ? this.byteRow(next) : row);
      next += cut ? 1 : row.bytes.length || 1;
    }
    return rows;
  }

  private knownStarts(from: number, to: number): number[] {
    const fromVisits = [...this.visited].filter(address => address >= from && address < to);
    return [...new Set([...this.symbols.lines.instructionStarts(from, to), ...fromVisits])].sort((a, b) => a - b);
  }

  private row(address: number, codeSize: 16 | 32, codeBase: number): DisassemblyRow {
    const source = this.symbols.lines.rowAt(address);
    if (address < 0 || address > highest || (source && !source.isCode)) return this.byteRow(address);
    const instruction = this.text.at(address, codeSize, codeBase);
    if (!instruction?.valid) return this.byteRow(address);
    const { bytes, text } = instruction;
    return { address, bytes, text, valid: true, ...this.names(address) };
  }

  /** A single byte as data. */
  private byteRow(address: number): DisassemblyRow {
    const bytes = address < 0 || address > highest ? undefined : this.text.byteAt(address);
    if (bytes === undefined) {
      return {
        address,
        bytes: new Uint8Array(0),
        text: t`(not readable)`,
        valid: false,
        label: undefined,
        position: undefined,
      };
    }
    const text = `db 0x${bytes.toString(16).padStart(2, '0')}`;
    return { address, bytes: Uint8Array.of(bytes), text, valid: false, ...this.names(address) };
  }

  private names(address: number): Pick<DisassemblyRow, 'label' | 'position'> {
    return { label: this.symbols.nameAt(address), position: this.symbols.lines.rowAt(address)?.position };
  }
}
