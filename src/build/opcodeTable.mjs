// An esbuild plugin that asks iced-x86 at build time what it knows of each opcode: `import table from 'ringside:opcode-table'`.
// At run time it would take iced alone some 10 ms to set up its own table, for the first question.
import { createRequire } from 'node:module';

/** Not mnemonics of instructions, or not ones that anybody writes. */
const leftOut = /_|^(invalid|db|dw|dd|dq|reservednop|undoc|pmulhrw)$/;

export const opcodeTable = {
  name: 'opcode-table',
  setup(build) {
    build.onResolve({ filter: /^ringside:opcode-table$/ }, ({ path: name }) => ({ path: name, namespace: 'opcodes' }));
    build.onLoad({ filter: /.*/, namespace: 'opcodes' }, () => {
      table ??= JSON.stringify(makeTable());
      return { contents: `export default JSON.parse(${JSON.stringify(table)});`, loader: 'js' };
    });
  },
};

/** The generation of processors that brought a feature, as in src/asm/processors.ts; what is not listed is later. */
const generations = {
  INTEL8086: 0, INTEL8086_ONLY: 0, FPU: 0, PAUSE: 0,
  INTEL186: 1,
  INTEL286: 2, FPU287: 2,
  INTEL386: 3, FPU387: 3, MOV_TR: 3, UMOV: 3, INTEL386_ONLY: 3,
  INTEL486: 4,
  CPUID: 5, TSC: 5, MSR: 5, CX8: 5, MMX: 5, SMM: 5,
  CMOV: 6, RDPMC: 6, SEP: 6, FXSR: 6, MULTIBYTENOP: 6,
  SSE: 7,
  SSE2: 8, CLFSH: 8,
  SSE3: 9, MONITOR: 9,
  X64: 10, SYSCALL: 10, CMPXCHG16B: 10,
}; // prettier-ignore
const later = 11;
/** Where NASM's own table says otherwise. */
const ownGenerations = [
  [/^Cmpxchg_/, 5],
  [/^Ud2$/, 1],
];

/** Features depend on the opcode only, but are asked of an instruction. */
function generationOf(iced, code) {
  const own = ownGenerations.find(([pattern]) => pattern.test(iced.Code[code]));
  if (own) return own[1];
  const instruction = new iced.Instruction();
  instruction.code = code;
  const features = [...instruction.cpuidFeatures()].map(feature => iced.CpuidFeature[feature]);
  instruction.free();
  return Math.max(...features.map(feature => generations[feature] ?? later));
}

let table;

/** Rows by lower-case mnemonic, separated by spaces; see src/asm/opcodeTable.d.ts. */
function makeTable() {
  const iced = createRequire(import.meta.url)('iced-x86');
  const rows = new Map();
  for (let code = 0; iced.Code[code] !== undefined; code++) {
    const info = iced.CodeExt.opCode(code);
    const mnemonic = info.isInstruction ? iced.Mnemonic[info.mnemonic].toLowerCase() : 'invalid';
    if (!leftOut.test(mnemonic)) rows.set(mnemonic, [...(rows.get(mnemonic) ?? []), ...rowOf(iced, code, info)]);
    info.free();
  }
  return Object.fromEntries([...rows].map(([mnemonic, own]) => [mnemonic, own.join(' ')]));
}

/** Encodings besides legacy and VEX ones are only known to be there. */
function rowOf(iced, code, info) {
  const { Legacy, VEX } = iced.EncodingKind;
  if (info.encoding !== Legacy && info.encoding !== VEX) return [];
  const kinds = Array.from({ length: info.opCount }, (_, operand) => iced.OpCodeOperandKind[info.opKind(operand)]);
  const modes = (info.mode16 ? 1 : 0) | (info.mode32 ? 2 : 0) | (info.mode64 ? 4 : 0);
  const facts = [
    code,
    iced.Code[code],
    kinds.join('+'),
    info.operandSize,
    info.addressSize,
    iced.MemorySize[info.memorySize],
    iced.MemorySizeExt.size(info.memorySize) * 8,
    modes,
    info.defaultOpSize64 || info.forceOpSize64 ? 1 : 0,
    generationOf(iced, code),
  ];
  return [facts.join(',')];
}
