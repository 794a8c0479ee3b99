// One line of source to bytes, without the passes around it: for tests over very many instructions.
import { Budget } from '../../src/asm/budget';
import { AssemblyError } from '../../src/asm/diagnostics';
import type { Bits } from '../../src/asm/opcodeFacts';
import { encodeInstruction } from '../../src/asm/instruction';
import { tokenize } from '../../src/asm/lexer';
import { anyProcessor } from '../../src/asm/processors';
import { prefixWords, withPrefixes } from '../../src/asm/prefixes';
import { Section } from '../../src/asm/sections';
import { parseStatement } from '../../src/asm/statement';
import { relativeTo } from '../../src/asm/value';

/** Hexadecimal bytes of an instruction that stands at offset 0 of a section at 0, or the error's message. */
export function encodeLine(text: string, bits: Bits): { bytes: string } | { error: string } {
  const position = { file: 'line', line: 1, column: 1 };
  const section = new Section('.text');
  try {
    const line = { tokens: tokenize(text, position), position, endColumn: text.length, expandedFrom: [] };
    const { body, prefixes } = parseStatement(line, new Budget());
    const words = prefixes.map(prefix => prefix.text);
    if (body.kind !== 'instruction')
      return { bytes: Buffer.from(withPrefixes(new Uint8Array(), prefixWords(words), bits)).toString('hex') };
    const { bytes } = encodeInstruction(
      body,
      prefixes.map(prefix => prefix.text),
      {
        bits,
        generation: anyProcessor,
        evaluation: {
          symbol: (_, token) => {
            throw new AssemblyError('undefined', token);
          },
          here: () => relativeTo(section, 0n),
          sectionStart: () => relativeTo(section, 0n),
        },
        section,
        offset: 0n,
        defaultRelative: false,
        final: true,
        relocatable: false,
      },
    );
    return { bytes: Buffer.from(bytes).toString('hex') };
  } catch (error) {
    if (error instanceof AssemblyError) return { error: error.message };
    throw error;
  }
}
