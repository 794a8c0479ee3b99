import type { Instruction } from '../isa/instruction';
import type { Mnemonic } from '../isa/mnemonics';
import type { Builder } from './builder';

/** The meaning of one mnemonic: builds what `instruction` does. Privilege, mode and LOCK checks are already made. */
export type Semantic = (b: Builder, instruction: Instruction) => void;

/** A part of the table of meanings; `index.ts` joins them. */
export type SemanticTable = Partial<Record<Mnemonic, Semantic>>;
