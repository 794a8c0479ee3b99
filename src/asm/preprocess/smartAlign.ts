// The package smartalign (NASM manual §6.2): `align` pads with instructions of several bytes that do nothing, and jumps
// over long padding; `alignmode` chooses the processors for which they are good.
import { listed, t } from '../../base/localization';

/** What fills 1, 2, … bytes, in hexadecimal; longer padding repeats the last, and ends with a shorter one. */
const fillings = {
  bytes: '90',
  prefixes: '90 6690 666690 66666690',
  generic16: '90 89f6 8d7400 8db40000 8db4000090 8db4000089ff 8db400008d7d00 8db400008dbd0000',
  generic32: '90 89f6 8d7600 8d742600 908d742600 8db600000000 8db42600000000',
  p6of16: '90 6690 0f1f00 0f1f4000',
  p6of32: '90 6690 0f1f00 0f1f4000 0f1f440000 660f1f440000 0f1f8000000000 0f1f840000000000',
  k7of16: '90 6690 666690 66666690 8db4000090 8db4000089ff 8db400008d7d00 8db400008dbd0000',
  k7of32: '90 8bc0 8d0420 8d442000 8d44200090 8d8000000000 8d040500000000',
} as const;

interface AlignMode {
  readonly name: string;
  /** Padding of more bytes is jumped over. */
  readonly threshold: number;
  /** The fillings with bits 16, 32 and 64. */
  readonly byBits: readonly [string, string, string];
}

const { bytes, prefixes, generic16, generic32, p6of16, p6of32, k7of16, k7of32 } = fillings;

const modes: readonly AlignMode[] = [
  { name: 'generic', threshold: 8, byBits: [generic16, generic32, prefixes] },
  { name: 'nop', threshold: 16, byBits: [bytes, bytes, bytes] },
  { name: 'p6', threshold: 16, byBits: [p6of16, p6of32, p6of32] },
  { name: 'k7', threshold: 16, byBits: [k7of16, k7of32, prefixes] },
  { name: 'k8', threshold: 16, byBits: [prefixes, prefixes, prefixes] },
];

/** The macros of a filling: its bytes as operands of DB under the number of them, and the longest number. */
function fillingMacros(mode: string, bits: number, filling: string): string[] {
  const sequences = filling.split(' ').map(digits => digits.replace(/..(?!$)/g, '$&,').replace(/\w+/g, '0x$&'));
  return [
    ...sequences.map((operands, index) => `%define __?ALIGN_${mode}_${bits}_${index + 1}?__ ${operands}`),
    `%define __?ALIGN_${mode}_${bits}_LONGEST?__ ${sequences.length}`,
  ];
}

const chooseMode = modes.flatMap(({ name, threshold }, index) => [
  `%${index === 0 ? 'if' : 'elif'}idni %1,${name}`,
  `%define __?ALIGN_FILLING?__ ${name}`,
  `%define __?ALIGN_JMP_THRESHOLD?__ ${threshold}`,
]);

const alignMode = (): string[] => [
  '%imacro alignmode 1-2.nolist',
  ...chooseMode,
  '%else',
  `%error ${t`there is no align mode ${'%1'}: use ${listed(modes.map(({ name }) => name))}`}`,
  '%endif',
  '%ifidni %2,nojmp',
  '%define __?ALIGN_JMP_THRESHOLD?__ -1',
  '%elifnempty %2',
  '%define __?ALIGN_JMP_THRESHOLD?__ %2',
  '%endif',
  '%xdefine __?ALIGNMODE?__ %1,__?ALIGN_JMP_THRESHOLD?__',
  '%endmacro',
];

const padding = '(((%1) - (($-$$) % (%1))) % (%1))';
const named = (part: string) => `__?ALIGN_%[__?ALIGN_FILLING?__]_%[__?BITS?__]_${part}?__`;

const align = [
  '%imacro align 1-2+.nolist',
  ' sectalign %1',
  '%ifnempty %2',
  ` times ${padding} %2`,
  '%else',
  `%assign __?ALIGN_PADDING?__ ${padding}`,
  '%if __?ALIGN_JMP_THRESHOLD?__ != -1 && __?ALIGN_PADDING?__ > __?ALIGN_JMP_THRESHOLD?__',
  ' jmp %%end',
  ` times ${padding} nop`,
  '%%end:',
  '%elif __?ALIGN_PADDING?__ > 0',
  `%xdefine __?ALIGN_LONGEST?__ ${named('LONGEST')}`,
  `%xdefine __?ALIGN_REPEATED?__ ${named('%[__?ALIGN_LONGEST?__]')}`,
  ' times __?ALIGN_PADDING?__ / __?ALIGN_LONGEST?__ db __?ALIGN_REPEATED?__',
  '%assign __?ALIGN_PADDING?__ __?ALIGN_PADDING?__ % __?ALIGN_LONGEST?__',
  '%if __?ALIGN_PADDING?__ > 0',
  `%xdefine __?ALIGN_LAST?__ ${named('%[__?ALIGN_PADDING?__]')}`,
  ' db __?ALIGN_LAST?__',
  '%endif',
  '%endif',
  '%endif',
  '%endmacro',
];

/** The lines of the package. */
export const smartAlign = (): string[] => [
  ...modes.flatMap(({ name, byBits }) => byBits.flatMap((filling, index) => fillingMacros(name, 16 << index, filling))),
  ...alignMode(),
  ...align,
  '%define __ALIGNMODE__ __?ALIGNMODE?__',
  ' alignmode generic',
];
