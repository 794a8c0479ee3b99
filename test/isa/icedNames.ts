// What iced-x86 calls our mnemonics.

import type { Mnemonic } from '../../src/isa/mnemonics';

const strings = (stem: string): RegExp => new RegExp(`^${stem}[bwd]$`);

const differentNames: { readonly [mnemonic in Mnemonic]?: RegExp } = {
  callFar: /^call$/,
  callNear: /^call$/,
  cbw: /^(cbw|cwde)$/,
  cdq: /^(cwd|cdq)$/,
  cmovcc: /^cmov/,
  cmps: strings('cmps'),
  esc: /^f/,
  imul1: /^imul$/,
  imul2: /^imul$/,
  imul3: /^imul$/,
  ins: strings('ins'),
  iret: /^iretd?$/,
  jcc: /^j/,
  jcxz: /^je?cxz$/,
  jmpFar: /^jmp$/,
  jmpNear: /^jmp$/,
  lods: strings('lods'),
  movFromControl: /^mov$/,
  movFromDebug: /^mov$/,
  movFromSegment: /^mov$/,
  movToControl: /^mov$/,
  movToDebug: /^mov$/,
  movToSegment: /^mov$/,
  movs: strings('movs'),
  nop: /^(nop|reservednop)$/,
  outs: strings('outs'),
  popSegment: /^pop$/,
  popa: /^popad?$/,
  popf: /^popfd?$/,
  pushSegment: /^push$/,
  pusha: /^pushad?$/,
  pushf: /^pushfd?$/,
  retFar: /^retf$/,
  retNear: /^ret$/,
  scas: strings('scas'),
  setcc: /^set/,
  shl: /^(shl|sal)$/,
  stos: strings('stos'),
  ud: /^ud[012]$/,
  xlat: /^xlatb$/,
  x87Probe: /^f/,
};

/** `name` is iced's, lower case. */
export const isNameOf = (mnemonic: Mnemonic, name: string): boolean =>
  differentNames[mnemonic]?.test(name) ?? mnemonic === name;
