// The helper that finds what cannot be translated: what it calls bare, and what it lets pass.
import assert from 'node:assert/strict';
import { t } from '../src/base/localization';
import { bareText, inPseudoLocale } from './bareText';

const rows: readonly (readonly [text: string, bare: string[]])[] = [
  ['⟦there is no label ⟧start', ['start']],
  ['⟦`⟧start⟦` is not defined⟧', []],
  ['⟦expected ⟧`)`⟦ after ⟧the name', ['the', 'name']],
  ['kernel.asm:42 boot+0x3: mov eax, [gdt+4]', []],
  ['#1 #GP · hello.asm:9 .next+0x5: out dx, al', []],
  ['#GP(0) · ring 1 → 0', ['ring']],
  ['lgdt [gdt]', []],
  ['disk.inc:112 disk_interrupt+0x22: out 0xa0, al', []],
  ['serial_write.wait+0x6: rep outsb', []],
  ['out dx, al ⟦(⟧ee 0f⟦)⟧', []],
  ['bad.asm:3:2: error: it is bad', ['it', 'is', 'bad']],
  ['mov byte [es:di], 5', []],
  ['call print', ['call', 'print']],
  ['in the macro', ['in', 'the', 'macro']],
  ['CR0 is 0x11, memoryMb 16', ['is']],
  ['⟦the option "⟧--memory⟦" needs a value⟧', []],
  ['ringside: /tmp/a-b/x.asm ⟦cannot be read: ⟧EACCES', []],
];

describe('bareText', () => {
  for (const [text, bare] of rows) {
    it(text, () => assert.deepEqual(bareText(text), bare));
  }

  it('knows the names that it is told', () =>
    assert.deepEqual(bareText('call print · loop back', ['print']), ['loop', 'back']));

  it('sees values that are English, as the pseudo-locale leaves them outside', () => {
    const translated = inPseudoLocale(() => t`expected ${'`)`'} after ${t`the expression`}`);
    assert.deepEqual(bareText(translated), []);
    const half = inPseudoLocale(() => t`expected ${'`)`'} after ${'the expression'}`);
    assert.deepEqual(bareText(half), ['the', 'expression']);
  });
});
