// Instructions of one shape differ only in the numbers in them. iced encodes the first of a shape; the others take its
// bytes and put in their own displacement and immediates, which saves the way into WebAssembly and back.
// Left out: what is relative to the instruction's own address, and far pointers.
import { type ConstantFields, encode, type Encoding, type OperandToEncode } from './encoder';
import type { Bits, OpcodeFacts } from './opcodeFacts';

type Template = Exclude<Encoding, { readonly failure: string }>;

const templates = new Map<string, Template>();
/** Then all are forgotten: there are more shapes than anybody uses. */
const mostTemplates = 20_000;

/** As `encode`, which see. */
export function encodeByTemplate(
  bits: Bits,
  facts: OpcodeFacts,
  operands: readonly OperandToEncode[],
  wantsFields: boolean,
): Encoding {
  const shape = shapeOf(bits, facts, operands);
  if (shape === undefined) return encode(bits, facts, operands, wantsFields);
  const template = templates.get(shape);
  if (template) return filled(template, facts, operands);
  const encoded = encode(bits, facts, operands, true);
  if (!('failure' in encoded)) keep(shape, encoded, facts, operands);
  return encoded;
}

function keep(shape: string, encoded: Template, facts: OpcodeFacts, operands: readonly OperandToEncode[]) {
  const again = filled(encoded, facts, operands).bytes;
  if (again.some((byte, index) => byte !== encoded.bytes[index])) return; // the numbers stand elsewhere
  if (templates.size >= mostTemplates) templates.clear();
  templates.set(shape, { bytes: encoded.bytes.slice(), fields: encoded.fields });
}

/** What the bytes depend on beside numbers; undefined if there is no saying. */
function shapeOf(bits: Bits, { code, operandKinds }: OpcodeFacts, operands: readonly OperandToEncode[]) {
  let shape = `${code} ${bits}`;
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index];
    switch (operand.type) {
      case 'register':
        shape += ` ${operand.register.name}`;
        break;
      case 'memory': {
        const { base, index: scaled, scale, displacementBytes, ripRelative } = operand.memory;
        if (ripRelative) return undefined;
        shape += ` [${base?.name ?? ''}+${scaled?.name ?? ''}*${scale}+${displacementBytes}]`;
        break;
      }
      case 'immediate':
        if (operandKinds[index] === halfByte) return undefined;
        shape += ' #';
        break;
      case 'implied':
        shape += ` ${operand.addressBits}`;
        break;
      case 'branch':
      case 'farPointer':
        return undefined;
    }
  }
  return shape;
}

/** It shares its byte with a register. */
const halfByte = 'imm4_m2z';
/** It has no byte. */
const constantOne = 'imm8_const_1';

function filled(template: Template, { operandKinds }: OpcodeFacts, operands: readonly OperandToEncode[]): Template {
  const { fields } = template;
  const bytes = template.bytes.slice();
  let immediates = 0;
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index];
    if (operand.type === 'memory') write(bytes, fields.displacement, operand.memory.displacement);
    else if (operand.type === 'immediate' && operandKinds[index] !== constantOne) {
      write(bytes, immediates++ === 0 ? fields.immediate : fields.immediate2, operand.value);
    }
  }
  return { bytes, fields };
}

function write(bytes: Uint8Array, field: ConstantFields['immediate'], value: bigint) {
  if (!field) return;
  const start = bytes.length - field.tail;
  let low = Number(BigInt.asIntN(32, value));
  for (let index = 0; index < Math.min(field.bytes, 4); index++, low >>= 8) bytes[start + index] = low;
  if (field.bytes <= 4) return;
  let high = Number(BigInt.asIntN(32, value >> 32n));
  for (let index = 4; index < field.bytes; index++, high >>= 8) bytes[start + index] = high;
}
