// Every instruction form that iced encodes, with many choices of operands, in all modes, against nasm's listing.
import assert from 'node:assert/strict';
import type { Bits } from '../../src/asm/opcodeFacts';
import { encodeLine } from './encodeLine';
import { handWrittenTexts, instructionTexts, mnemonicsToTry } from './instructionTexts';
import { hasNasm, nasmByLine } from './nasm';
import { skipBecause } from '../summary';

/** Where we knowingly differ, and why. */
const knownDifferences: readonly [RegExp, string][] = [
  [/^(enqcmds?|umonitor|movdir64b) /, 'nasm takes the address size from the wrong operand'],
  [/^(invpcid|vmovmskp[sd]|vpmovmskb|v?pextr[bw]|vextractps) r/, 'nasm writes or omits a REX.W that changes nothing'],
  [/^pextrw \w+,xmm\d+,(strict )?byte/, 'nasm switches to the SSE4.1 opcode for an explicit byte'],
  [/^ptwrite|^vmgexit/, 'nasm omits or exchanges the mandatory prefix'],
  [/^(rdsspd|incsspd|wrussd|wrssd|rdshr|wrshr) /, 'nasm adds an operand-size prefix in 16-bit code'],
  [/^loadall$|^pop cs$/, 'two processors had different opcodes for it'],
  [/^ret[wdq] (?!far)/, 'nasm ignores the letter if there is an immediate'],
  [/^imul \w+,\w+,dword 5$/, 'nasm keeps the long immediate'],
  [/^(call|jmp) 0x1000$/, 'a listing shows the target, not the displacement'],
  [/^salc$|^o32 pushf$/, 'not valid in 64-bit mode'],
];

const isKnown = (text: string) => knownDifferences.some(([pattern]) => pattern.test(text));

interface Outcome {
  readonly compared: number;
  readonly failures: string[];
  readonly acceptedBeyondNasm: number;
}

function compareAll(texts: readonly string[], bits: Bits): Outcome {
  const expected = nasmByLine(texts, `bits ${bits}`);
  const failures: string[] = [];
  let acceptedBeyondNasm = 0;
  texts.forEach((text, index) => {
    const ours = encodeLine(text, bits);
    const nasm = expected[index];
    if (nasm === undefined) acceptedBeyondNasm += 'bytes' in ours ? 1 : 0;
    else if ((!('bytes' in ours) || ours.bytes !== nasm) && !isKnown(text)) {
      failures.push(
        `${bits} | ${text.padEnd(40)} | nasm ${nasm.padEnd(24)} | ours ${'bytes' in ours ? ours.bytes : ours.error}`,
      );
    }
  });
  return { compared: expected.filter(bytes => bytes !== undefined).length, failures, acceptedBeyondNasm };
}

describe('instruction forms, against nasm', () => {
  before(function () {
    if (!hasNasm()) skipBecause(this, 'nasm is not installed');
  });

  for (const bits of [16, 32, 64] as const) {
    it(`every form in ${bits}-bit mode`, () => {
      const { compared, failures } = compareAll(instructionTexts(bits, mnemonicsToTry()), bits);
      assert.ok(compared > 10_000, `only ${compared} lines were compared`);
      assert.equal(failures.join('\n'), '');
    });

    it(`omitted operands, prefixes, addresses in ${bits}-bit mode`, () => {
      const { failures } = compareAll([...handWrittenTexts.all, ...handWrittenTexts[bits]], bits);
      assert.equal(failures.join('\n'), '');
    });
  }
});
