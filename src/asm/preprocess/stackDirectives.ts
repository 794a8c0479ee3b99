// %stacksize, %arg and %local: names for what lies in a procedure's stack frame (NASM manual §4.9). A name becomes a
// single-line macro that stands for its address; `%$localsize` adds up what `enter` is to reserve.
import { AssemblyError } from '../diagnostics';
import { isOperator, type Token, tokenize } from '../lexer';
import { messages } from '../messages';
import type { DirectiveTarget, PreprocessorDirective } from './directiveTarget';
import { substitute } from './parameters';
import { stackModels } from './stackFrame';
import { numberToken } from './tokens';

const sizes: ReadonlyMap<string, number> = new Map([
  ['byte', 1],
  ['word', 2],
  ['dword', 4],
  ['qword', 8],
  ['tword', 10],
  ['oword', 16],
  ['yword', 32],
]);

export const stackSize: PreprocessorDirective = ({ stackFrame }, [name], directive) => {
  const model = name?.kind === 'identifier' ? stackModels.get(name.text.toLowerCase()) : undefined;
  if (!model) throw new AssemblyError(messages.stackModel([...stackModels.keys()]), name ?? directive);
  stackFrame.choose(model);
};

interface Variable {
  readonly name: Token;
  readonly bytes: number;
}

/** `name:size, name:size`, without spaces around the colons, as NASM has it; what stands behind is not looked at. */
function variables({ singleLine }: DirectiveTarget, operands: readonly Token[], directive: Token): Variable[] {
  const found: Variable[] = [];
  for (let index = 0; index === 0 || isOperator(operands[index - 1], ','); index += 4) {
    const [name, colon, sizeName] = operands.slice(index, index + 3);
    const isWritten = name?.kind === 'identifier' && isOperator(colon, ':') && sizeName?.kind === 'identifier';
    if (!isWritten || colon.spaceBefore || sizeName.spaceBefore)
      throw new AssemblyError(messages.stackVariable(directive.text), name ?? directive);
    const [size] = singleLine.expand([sizeName]);
    const bytes = sizes.get(size?.text.toLowerCase() ?? '');
    if (bytes === undefined) throw new AssemblyError(messages.stackVariableSize([...sizes.keys()]), sizeName);
    found.push({ name, bytes });
  }
  return found;
}

function define({ singleLine }: DirectiveTarget, name: Token, address: string) {
  singleLine.define({ name: name.text, ignoreCase: false, body: tokenize(address, name.position) }, name);
}

export const argumentsOfProcedure: PreprocessorDirective = (target, operands, directive) => {
  for (const { name, bytes } of variables(target, operands, directive))
    define(target, name, target.stackFrame.argument(bytes));
};

export const localVariables: PreprocessorDirective = (target, operands, directive) => {
  const { singleLine, stackFrame, contexts } = target;
  const found = variables(target, operands, directive);
  const written: Token = { ...directive, text: '%$localsize' };
  const [total] = substitute([written], undefined, contexts);
  if (!singleLine.isDefined(total.text)) throw new AssemblyError(messages.localSize(), directive);
  for (const { name, bytes } of found) define(target, name, stackFrame.local(bytes));
  const added = found.reduce((sum, { bytes }) => sum + stackFrame.slots(bytes), 0);
  const value = target.numberOf(singleLine.expand([total]), directive) + BigInt(added);
  singleLine.define({ name: total.text, ignoreCase: false, body: numberToken(value, total) }, total);
};
