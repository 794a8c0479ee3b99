// The processors that `cpu` names, by generation (NASM manual §7.11): which encodings a source may use.

/** Every instruction there is. */
export const anyProcessor = Infinity;

const names: readonly (readonly [generation: number, names: string])[] = [
  [0, '8086'],
  [1, '186 80186 i186'],
  [2, '286 80286 i286'],
  [3, '386 80386 i386'],
  [4, '486 80486 i486'],
  [5, '586 pentium i586'],
  [6, '686 p6 ppro pentiumpro i686 p2'],
  [7, 'p3 katmai'],
  [8, 'p4 willamette'],
  [9, 'prescott'],
  [10, 'x64 x86-64'],
  [anyProcessor, 'any all default ia64 ia-64 itanium itanic merced'],
];

const generations = new Map(names.flatMap(([generation, list]) => list.split(' ').map(name => [name, generation])));

/** The generation of the processors of that name; undefined if it is none. */
export const generationOf = (name: string): number | undefined => generations.get(name.toLowerCase());
