// The captured cases as they lie in the files: what a Harris 80C286 had before and after one instruction.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

export const registerNames = [
  ...(['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const),
  ...(['es', 'cs', 'ss', 'ds'] as const),
  ...(['ip', 'flags'] as const),
];
export type RegisterName = (typeof registerNames)[number];
type Registers = Record<RegisterName, number>;

/** `[physical address, byte]` */
export type MemoryByte = [address: number, byte: number];

export interface CapturedCase {
  idx: number;
  name: string;
  /** prefixes, the instruction, HLT */
  bytes: number[];
  initial: { regs: Registers; ram: MemoryByte[] };
  /** only what changed; `ip` is after the HLT */
  final: { regs: Partial<Registers>; ram: MemoryByte[] };
  exception?: { number: number; flagAddress: number };
}

/** An instruction form, named as its file: an opcode, and `.n` where ModRM's reg field is part of it. */
export interface CapturedForm {
  name: string;
  /** flags that the manual defines: 1 in these bits */
  flagsMask: number;
  cases: CapturedCase[];
}

interface OpcodeEntry {
  'flags-mask'?: number;
  reg?: Record<string, OpcodeEntry>;
}

const folder = path.resolve('../shared/hardware-tests/80286');

/** The reason why there are no cases here, or undefined. */
export const missing = fs.existsSync(folder) ? undefined : `no captured hardware cases in ${folder}`;

export function formNames(): string[] {
  const files = fs.readdirSync(folder).filter(file => file.endsWith('.jsonl.gz'));
  return files.map(file => file.slice(0, -'.jsonl.gz'.length)).sort();
}

let opcodes: Record<string, OpcodeEntry> | undefined;

function flagsMask(form: string): number {
  if (!opcodes) {
    const metadata = JSON.parse(fs.readFileSync(path.join(folder, 'metadata.json'), 'utf8')) as {
      opcodes: Record<string, OpcodeEntry>;
    };
    opcodes = metadata.opcodes;
  }
  const [opcode, reg] = form.split('.');
  const entry = reg === undefined ? opcodes[opcode] : opcodes[opcode].reg?.[reg];
  return entry?.['flags-mask'] ?? 0xffff;
}

export function readForm(name: string): CapturedForm {
  const text = zlib.gunzipSync(fs.readFileSync(path.join(folder, `${name}.jsonl.gz`))).toString('utf8');
  const lines = text.split('\n').filter(line => line.length > 0);
  return { name, flagsMask: flagsMask(name), cases: lines.map(line => JSON.parse(line) as CapturedCase) };
}
