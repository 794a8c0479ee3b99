import type { Instruction } from '../isa/instruction';
import type { Builder } from './builder';

/** The meaning of one mnemonic: builds what `instruction` does. Privilege, mode and LOCK checks are already made. */
export type Semantic = (b: Builder, instruction: Instruction) => void;
