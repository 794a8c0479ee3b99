// What of a text cannot be translated: it is made under the pseudo-locale `qps-ploc`, which puts ⟦…⟧ round whatever a catalogue
// has (not round the values within), so that all else must be code: file:line:column, instructions, registers, numbers, labels.
import { languageOf } from '../src/adapter/languages';
import { instructionsOf } from '../src/asm/mnemonics';
import { isOperandKeyword } from '../src/asm/operandSyntax';
import { registerNamed } from '../src/asm/registers';
import { speak, spokenLanguage } from '../src/base/localization';

/** Mnemonics that are words of English too: they are code only with operands that nobody would take for English. */
const alsoEnglish = new Set(
  'add and bound call enter in into leave lock loop not or out pause pop push str sub test wait'.split(' '),
);
/** What texts name beside the guest's own names, and units. */
const properNames = new Set(
  'ringside Ringside Ctrl Hz KiB MiB GiB bin elf32 eip eflags gdtr idtr ldtr tr rep repe repne'.split(' '),
);

const isMnemonic = (word: string): boolean => instructionsOf(word.toLowerCase()) !== undefined;
const isRegister = (word: string): boolean => registerNamed(word.toLowerCase()) !== undefined;

/** What `say` says under the pseudo-locale. */
export function inPseudoLocale<Said>(say: () => Said): Said {
  const before = spokenLanguage();
  speak(languageOf('qps-ploc'));
  try {
    return say();
  } finally {
    speak(before);
  }
}

/**
 * The English words of `text` that stand outside brackets and are no code; empty if all can be translated. Between
 * backquotes or double quotes stands code. `names` are the guest's labels, sections and the like.
 */
export function bareText(text: string, names: readonly string[] = []): string[] {
  const known = new Set(names);
  const isName = (word: string): boolean => known.has(word) || properNames.has(word) || isRegister(word);
  const code = withoutPlaces(withoutInstructions(withoutQuoted(withoutBracketed(text)), isName));
  const words = code.match(/[\p{L}_][\p{L}\p{N}_’'-]*/gu) ?? [];
  return words.filter(word => !isName(word) && !isIdentifier(word) && (alsoEnglish.has(word) || !isMnemonic(word)));
}

/** Of what is in brackets only those quotes stay whose other half is outside: the code between them is a value. */
function withoutBracketed(text: string): string {
  return text.replace(/⟦([^⟦⟧]*)⟧/g, (_, translated: string) =>
    translated.replace(/`[^`]*`|"[^"]*"/g, '').replace(/[^`"]+/g, ' '),
  );
}

const withoutQuoted = (text: string): string => text.replace(/`[^`\n]*`|"(?:[^"\\\n]|\\.)*"/g, ' ');

/** Options, paths, places in files, offsets from a label, local labels and sections, exceptions, bytes, numbers. */
const withoutPlaces = (text: string): string =>
  text
    // as compilers write it, for other tools to read
    .replace(/:\d+:\d+: (error|warning): /g, ' ')
    .replace(/(?<![\w-])--?[A-Za-z][\w-]*/g, ' ')
    .replace(/(?:[\w.-]*\/)+[\w.-]+(?::\d+)*|[\w-]+\.(?:asm|inc|img|bin|o|c|ts|json)\b(?::\d+)*/g, ' ')
    .replace(/(?<![\w.$])[\w.$@]+\+(?:0x)?[\da-f]+/gi, ' ')
    .replace(/[\w$@]*\.[a-z_][\w.]*/gi, ' ')
    .replace(/#[A-Z]{2}/g, ' ')
    .replace(/\b(?!be\b)[\da-f]{2}\b/g, ' ')
    .replace(/\b\d[\da-fA-FxXhob_]*\b/g, ' ');

/** CPL, CR0, memoryMb, load_addr, kernel.next: no word of English is written so; nor is a single letter worth translating. */
const isIdentifier = (word: string): boolean =>
  word.length === 1 || /^[A-Z][A-Z0-9]*$/.test(word) || /^[a-z]+[A-Z0-9]\w*$/.test(word) || word.includes('_');

const operand = String.raw`(?:(?:[a-z]+ )*\[[^\]]*\]|[\w.$@]+(?:[+-]\w+)?)`;
const instruction = new RegExp(String.raw`\b([a-z]\w*)[ \t]+(${operand}(?:, ?${operand})*)`, 'g');

/** An instruction with its operands; where its mnemonic is a word of English, only if the operands are known to be code. */
function withoutInstructions(text: string, isName: (word: string) => boolean): string {
  return text.replace(instruction, (all, mnemonic: string, operands: string) => {
    const words = operands.replace(/\[[^\]]*\]/g, '[]').match(/[\w.$@]+/g) ?? [];
    const known =
      words.every(word => isName(word) || isOperandKeyword(word) || word.startsWith('0x')) &&
      !words.every(isOperandKeyword);
    if (!isMnemonic(mnemonic)) return all;
    return known || !alsoEnglish.has(mnemonic) ? ' ' : all;
  });
}
