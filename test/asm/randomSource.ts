// Random but well-formed sources from a seed: labels, branches, data and alignment that depend on each other.

/** A small generator (mulberry32): the same numbers for the same seed everywhere. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const pick = <T>(random: (below: number) => number, choices: readonly T[]): T => choices[random(choices.length)];

/** `count` lines in one mode, full of references forwards and backwards, within a section and across. */
export function randomSource(seed: number, count: number): string {
  const random = randomFrom(seed);
  const bits = pick(random, [16, 32, 64]);
  const base = bits === 64 ? 'rbx' : bits === 32 ? 'ebx' : 'bx';
  const accumulator = bits === 64 ? 'rax' : bits === 32 ? 'eax' : 'ax';
  const other = bits === 64 ? 'r9' : bits === 32 ? 'ecx' : 'cx';
  const label = () => `label${random(count)}`;
  const sections = ['.text', '.data', 'extra'];
  const lines = [`bits ${bits}`, `org ${pick(random, ['0', '0x7c00', '0x100000'])}`];
  if (bits === 64 && random(2)) lines.push('default rel');
  const statements: (() => string)[] = [
    () => `jmp ${label()}`,
    () => `${pick(random, ['jz', 'jnc', 'jle', 'ja'])} ${label()}`,
    () => `jmp ${label()}+${random(200) - 100}`,
    () => `call ${label()}`,
    () => `mov ${accumulator}, [${base}+constant${random(count)}]`,
    () => `mov ${accumulator}, [${label()}]`,
    () => `mov ${accumulator}, ${label()}`,
    () => `add ${pick(random, [accumulator, other])}, constant${random(count)}`,
    () => `cmp byte [${base}+${random(300) - 150}], ${random(256)}`,
    () => `push constant${random(count)}`,
    () => `imul ${accumulator}, ${other}, constant${random(count)}`,
    () => `mov ${other}, constant${random(count)}`,
    () => `dw ${label()}, $ - $$`,
    () => `dd constant${random(count)}`,
    () => `times ${random(60)} nop`,
    () => `align ${pick(random, [2, 4, 8, 16, 32])}`,
    () => `section ${pick(random, sections)}`,
    () => `resb ${random(5)}`,
    () => `loop $+${random(40)}`,
    () => `test ${accumulator}, ${random(1000)}`,
    () => `jmp near ${label()}`,
    () => `lea ${accumulator}, [${bits === 16 ? 'ebx' : base}*2+constant${random(count)}]`,
    () => `.local: jmp .local`,
  ];
  for (let index = 0; index < count; index++) {
    lines.push(`label${index}:`, `        ${pick(random, statements)()}`);
    const constant = pick(random, [
      () => String(random(300) - 150),
      () => `constant${random(index + 1)} + 1`,
      () => `(end${index} - start${index})`,
      () => `${random(100000)}`,
    ])();
    const isSelf = constant.startsWith(`constant${index} `);
    lines.push(`constant${index} equ ${isSelf ? '7' : constant}`, `start${index}:`);
    for (let more = random(3); more > 0; more--) {
      lines.push(
        `        ${pick(
          random,
          statements.filter((_, at) => at !== 16 && at !== 22),
        )()}`,
      );
    }
    lines.push(`end${index}:`);
  }
  return lines.join('\n');
}
