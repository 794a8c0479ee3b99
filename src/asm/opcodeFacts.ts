// Which opcodes there are: what iced-x86 knows of each, asked when Ringside was built.
import table from 'ringside:opcode-table';

/** A mode of the processor, by the width of its addresses. */
export type Bits = 16 | 32 | 64;

/** What iced knows of an opcode, as plain data. Operand kinds are iced's names, such as `r32_or_mem`. */
export interface OpcodeFacts {
  readonly code: number;
  readonly name: string;
  readonly operandKinds: readonly string[];
  /** 0 where no operand-size prefix takes part. */
  readonly operandSize: number;
  /** 0 where no address size is implied. */
  readonly addressSize: number;
  /** Name of the memory operand's type, such as `UInt32` or `SegPtr16`. */
  readonly memoryType: string;
  readonly memoryBits: number;
  readonly modes: Readonly<Record<Bits, boolean>>;
  /** 64-bit without REX.W. */
  readonly defaultSize64: boolean;
  /** Of the first processors that have it: see processors.ts. */
  readonly generation: number;
}

/** All mnemonics in lower case, as iced has them. */
export const mnemonics = (): readonly string[] => [...opcodes.keys()];

const opcodes: ReadonlyMap<string, string> = new Map(Object.entries(table));

/** The opcodes of a mnemonic, perhaps none that are supported; undefined if there is no such mnemonic. */
export function opcodesOf(mnemonic: string): readonly OpcodeFacts[] | undefined {
  const rows = opcodes.get(mnemonic)?.split(' ');
  return rows?.flatMap(row => (row === '' ? [] : [factsIn(row)]));
}

function factsIn(row: string): OpcodeFacts {
  const [code, name, kinds, operandSize, addressSize, memoryType, memoryBits, modes, defaultSize64, generation] =
    row.split(',');
  const inMode = (bit: number): boolean => (Number(modes) & bit) !== 0;
  return {
    code: Number(code),
    name,
    operandKinds: kinds === '' ? [] : kinds.split('+'),
    operandSize: Number(operandSize),
    addressSize: Number(addressSize),
    memoryType,
    memoryBits: Number(memoryBits),
    modes: { 16: inMode(1), 32: inMode(2), 64: inMode(4) },
    defaultSize64: defaultSize64 === '1',
    generation: Number(generation),
  };
}
