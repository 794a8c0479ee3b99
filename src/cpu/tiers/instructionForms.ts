// Forms of instructions, found by their bytes. Instructions whose bytes are the same up to the first displacement or
// immediate (the signature) have one form: they were decoded and given their meaning once, and differ only in the values
// of their fields. A tree of bytes leads from code to forms, so that most instructions never pass through the decoder.

import { decode, maximumInstructionBytes } from '../../isa/decode';
import type { EncodedField, Instruction } from '../../isa/instruction';
import { endsBlock } from '../../ir/blockGraph';
import { allSeparateFlags, type RoutineShape, type OpenProgram, openProgram, shapeOf } from '../../ir/routineShape';
import { type RecordLayout, recordLayout } from '../../ir/wasm/threadedLayout';
import type { ExecutionMode } from '../../semantics/builder';
import type { MicroProgram } from '../../ir/microOp';
import { callsMachinery, isWatched, usesOnlyFlat } from './compilable';
import { modeOfKey } from './programCache';

/** A routine's number and the words that its records have. */
export interface FormVariant {
  readonly shape: RoutineShape;
  readonly layout: RecordLayout;
  readonly routine: number;
}

export interface InstructionForm {
  readonly length: number;
  readonly fields: readonly EncodedField[];
  readonly end: RoutineShape['graph']['end']['kind'];
  readonly endsBlock: boolean;
  readonly whole: FormVariant;
  /** for where nobody will look at the flags that the instruction writes */
  readonly withoutFlags: FormVariant | undefined;
}

/** What forms depend on besides the bytes. */
export interface FormConditions {
  readonly modeKey: number;
  /** segments that begin at 0: bits 1 ES, 2 SS, 4 DS */
  readonly flat: number;
  /** instructions that are privileged or sensitive, or call the machinery, are not for routines */
  readonly seesAll: boolean;
}

/** `routineOf` numbers routines by shape. */
export type RoutineNumbering = (shape: RoutineShape) => number;

/** Forms are few; a guest that makes up instructions must not fill the host's memory. */
const mostNodes = 0x2000;

export class InstructionForms {
  /** 0 unknown, n > 0 node n, n < 0 form -n - 1 */
  private nodes: Int16Array[] = [new Int16Array(256)];
  private forms: (InstructionForm | undefined)[] = [];

  constructor(
    private readonly conditions: FormConditions,
    private readonly routineOf: RoutineNumbering,
  ) {}

  /** The form of the instruction at `start`, of which `available` bytes may be looked at; undefined if routines cannot run it. */
  at(bytes: Uint8Array, start: number, available: number): InstructionForm | undefined {
    let node = this.nodes[0];
    for (let index = 0; index < available; index++) {
      const next = node[bytes[start + index]];
      if (next < 0) {
        const form = this.forms[-next - 1];
        return form && form.length <= available ? form : undefined;
      }
      if (next === 0) return this.learn(bytes, start, available);
      node = this.nodes[next];
    }
    return undefined;
  }

  private learn(bytes: Uint8Array, start: number, available: number): InstructionForm | undefined {
    const mode = modeOfKey(this.conditions.modeKey);
    const decoded = decode(bytes, start, Math.min(available, maximumInstructionBytes), mode.codeSize);
    if (decoded.kind !== 'instruction') return undefined;
    const { instruction } = decoded;
    const open = openProgram(instruction, mode);
    const signatureBytes = open?.signatureBytes ?? instruction.fields[0]?.offset ?? instruction.length;
    const form = open && this.mayRun(open.program) ? this.formOf(instruction, open, mode) : undefined;
    this.keep(bytes.subarray(start, start + signatureBytes), form);
    return form;
  }

  private mayRun(program: MicroProgram): boolean {
    const { flat, seesAll } = this.conditions;
    return usesOnlyFlat(program, flat) && !(seesAll && (isWatched(program) || callsMachinery(program)));
  }

  private formOf(
    { length, fields }: Instruction,
    { program, signatureBytes }: OpenProgram,
    { cpl }: ExecutionMode,
  ): InstructionForm {
    const variant = (keepsFlags: boolean): FormVariant => {
      const shape = shapeOf(program, keepsFlags, cpl === 3);
      return { shape, layout: recordLayout(shape), routine: this.routineOf(shape) };
    };
    const whole = variant(true);
    const withoutFlags = (whole.shape.flagsWritten & allSeparateFlags) !== 0 ? variant(false) : undefined;
    const open = signatureBytes < length ? fields : [];
    const { kind } = whole.shape.graph.end;
    return { length, fields: open, end: kind, endsBlock: endsBlock(program), whole, withoutFlags };
  }

  private keep(signature: Uint8Array, form: InstructionForm | undefined): void {
    if (this.nodes.length + signature.length > mostNodes || this.forms.length > mostNodes) {
      this.nodes = [new Int16Array(256)];
      this.forms = [];
    }
    let node = this.nodes[0];
    for (const byte of signature.subarray(0, -1)) {
      if (node[byte] === 0) node[byte] = this.nodes.push(new Int16Array(256)) - 1;
      node = this.nodes[node[byte]];
    }
    node[signature[signature.length - 1]] = -this.forms.push(form);
  }
}
