// The WebAssembly binary format (core specification, chapter 5), as far as translations need it: types, imports,
// functions, code.

/** Instruction opcodes (specification §5.4). */
export enum Wasm {
  unreachable = 0x00,
  block = 0x02,
  loop = 0x03,
  if = 0x04,
  else = 0x05,
  end = 0x0b,
  br = 0x0c,
  brIf = 0x0d,
  brTable = 0x0e,
  return = 0x0f,
  call = 0x10,
  callIndirect = 0x11,
  returnCallIndirect = 0x13,
  drop = 0x1a,
  select = 0x1b,
  localGet = 0x20,
  localSet = 0x21,
  localTee = 0x22,
  i32Load = 0x28,
  i64Load = 0x29,
  f64Load = 0x2b,
  i32Load8U = 0x2d,
  i32Load16U = 0x2f,
  i32Store = 0x36,
  i64Store = 0x37,
  f64Store = 0x39,
  i32Store8 = 0x3a,
  i32Store16 = 0x3b,
  i32Const = 0x41,
  i64Const = 0x42,
  i32Eqz = 0x45,
  i32Eq = 0x46,
  i32Ne = 0x47,
  i32LtS = 0x48,
  i32LtU = 0x49,
  i32GtS = 0x4a,
  i32GtU = 0x4b,
  i32LeS = 0x4c,
  i32LeU = 0x4d,
  i32GeS = 0x4e,
  i32GeU = 0x4f,
  i64Eqz = 0x50,
  i64Eq = 0x51,
  i64Ne = 0x52,
  i64LtS = 0x53,
  i64LtU = 0x54,
  i32Clz = 0x67,
  i32Ctz = 0x68,
  i32Popcnt = 0x69,
  i32Add = 0x6a,
  i32Sub = 0x6b,
  i32Mul = 0x6c,
  i32DivS = 0x6d,
  i32DivU = 0x6e,
  i32RemS = 0x6f,
  i32RemU = 0x70,
  i32And = 0x71,
  i32Or = 0x72,
  i32Xor = 0x73,
  i32Shl = 0x74,
  i32ShrS = 0x75,
  i32ShrU = 0x76,
  i64Clz = 0x79,
  i64Ctz = 0x7a,
  i64Add = 0x7c,
  i64Sub = 0x7d,
  i64Mul = 0x7e,
  i64DivS = 0x7f,
  i64DivU = 0x80,
  i64RemS = 0x81,
  i64RemU = 0x82,
  i64And = 0x83,
  i64Or = 0x84,
  i64Xor = 0x85,
  i64Shl = 0x86,
  i64ShrS = 0x87,
  i64ShrU = 0x88,
  f64ConvertI32U = 0xb8,
  f64Add = 0xa0,
  i32WrapI64 = 0xa7,
  i64ExtendI32S = 0xac,
  i64ExtendI32U = 0xad,
  i32Extend8S = 0xc0,
  i32Extend16S = 0xc1,
  i64Extend32S = 0xc4,
}

export const ValueType = { i32: 0x7f, i64: 0x7e, f64: 0x7c } as const;
export type ValueTypeCode = (typeof ValueType)[keyof typeof ValueType];
export const emptyBlock = 0x40;

/** Bytes in the making. */
export class ByteWriter {
  private bytes = new Uint8Array(256);
  length = 0;

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(this.length + 1);
    this.bytes[this.length++] = value;
  }

  append(source: Uint8Array): void {
    if (this.length + source.length > this.bytes.length) this.grow(this.length + source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** LEB128, unsigned 32 bits */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** LEB128, signed 32 bits */
  signed(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  name(text: string): void {
    this.unsigned(text.length);
    for (let index = 0; index < text.length; index++) this.byte(text.charCodeAt(index));
  }

  finish(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

export interface FunctionType {
  readonly parameters: readonly ValueTypeCode[];
  readonly results: readonly ValueTypeCode[];
}

export interface FunctionImport {
  readonly name: string;
  readonly type: FunctionType;
}

export interface FunctionBody {
  readonly type: FunctionType;
  readonly locals: readonly { readonly count: number; readonly type: ValueTypeCode }[];
  /** without the final `end` */
  readonly code: Uint8Array;
}

const functionReference = 0x70;
const sectionId = { type: 1, import: 2, function: 3, export: 7, code: 10 };

/** What a module imports besides functions. */
export interface SharedImports {
  readonly memoryPages: number;
  /** does it import `table`, a table of functions? */
  readonly table?: boolean;
}

/** A module that imports `memory` and `imports` from `env`, and exports its functions as `f0`, `f1`, … */
export function encodeModule(
  imports: readonly FunctionImport[],
  bodies: readonly FunctionBody[],
  { memoryPages, table = false }: SharedImports,
): Uint8Array {
  const out = new ByteWriter();
  out.append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const types = [...imports.map(({ type }) => type), ...bodies.map(({ type }) => type)];
  section(out, sectionId.type, s => {
    s.unsigned(types.length);
    for (const { parameters, results } of types) {
      s.byte(0x60);
      for (const list of [parameters, results]) {
        s.unsigned(list.length);
        for (const type of list) s.byte(type);
      }
    }
  });
  section(out, sectionId.import, s => {
    s.unsigned(imports.length + (table ? 2 : 1));
    imports.forEach(({ name }, index) => {
      s.name('env');
      s.name(name);
      s.byte(0);
      s.unsigned(index);
    });
    s.name('env');
    s.name('memory');
    s.byte(2);
    s.byte(0);
    s.unsigned(memoryPages);
    if (!table) return;
    s.name('env');
    s.name('table');
    s.byte(1);
    s.byte(functionReference);
    s.byte(0);
    s.unsigned(0);
  });
  section(out, sectionId.function, s => {
    s.unsigned(bodies.length);
    bodies.forEach((_, index) => s.unsigned(imports.length + index));
  });
  section(out, sectionId.export, s => {
    s.unsigned(bodies.length);
    bodies.forEach((_, index) => {
      s.name(`f${index}`);
      s.byte(0);
      s.unsigned(imports.length + index);
    });
  });
  section(out, sectionId.code, s => {
    s.unsigned(bodies.length);
    for (const { locals, code } of bodies) {
      const body = new ByteWriter();
      body.unsigned(locals.length);
      for (const { count, type } of locals) {
        body.unsigned(count);
        body.byte(type);
      }
      body.append(code);
      body.byte(Wasm.end);
      s.unsigned(body.length);
      s.append(body.finish());
    }
  });
  return out.finish();
}

function section(out: ByteWriter, id: number, write: (section: ByteWriter) => void): void {
  const content = new ByteWriter();
  write(content);
  out.byte(id);
  out.unsigned(content.length);
  out.append(content.finish());
}
