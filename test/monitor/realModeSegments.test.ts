// What a segment register holds from another mode: a selector of real mode whose cached segment happens to be what an entry of
// the guest's tables would give, and segments that protected mode leaves behind in real mode. The hardware under a monitor
// loads segments anew, so the monitor has to see which it would refuse, or take for something else.

import assert from 'node:assert/strict';
import { differencesBetween, seenByGuest } from '../differences';
import { assembleText } from './assembledGuest';
import { runGuest } from './runGuest';

interface Row {
  readonly name: string;
  readonly code: string;
  /** besides the mark at its end */
  readonly prints?: string;
}

const guestText = (code: string): string => `
bits 16
org 0x7c00
GDT equ 0x10000
LDT equ 0x20000
CODE equ 0x08
DATA equ 0x10
LOCAL equ 0x18
; 64 KiB at selector * 16, as a selector of real mode has
%macro like_real_mode 3         ; table, selector, access
        mov ax, (%1) >> 4
        mov es, ax
        mov dword [es:(%2) & 0xfff8], 0xffff | (((%2) << 20) & 0xffff0000)
        mov dword [es:((%2) & 0xfff8) + 4], ((%2) >> 12) | ((%3) << 8)
%endmacro
%macro descriptor 4             ; selector, base, limit, access
        mov ax, GDT >> 4
        mov es, ax
        mov dword [es:%1], ((%3) & 0xffff) | (((%2) << 16) & 0xffff0000)
        mov dword [es:%1 + 4], (((%2) >> 16) & 0xff) | ((%4) << 8)
%endmacro
%macro put 1
        mov al, %1
        out 0xe9, al
%endmacro
%macro protect 0
        mov eax, cr0
        or al, 1
        mov cr0, eax
%endmacro
%macro unprotect 0
        mov eax, cr0
        and al, 0xfe
        mov cr0, eax
%endmacro
; real mode in segment %1, whose 64 KiB hold this code
%macro to_segment 1
        jmp (%1):%%there - (%1) * 16
%%there:
%endmacro
start:
        cli
        jmp 0:.main
.main:
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov word [13 * 4], refused
        mov word [13 * 4 + 2], 0
        descriptor CODE, 0, 0xffff, 0x9b
        descriptor DATA, 0, 0xffff, 0x93
        descriptor LOCAL, LDT, 0xffff, 0x82
        o32 lgdt [cs:table]
${code}
        put '.'
        xor al, al
        out 0xf4, al
        hlt
; #GP of real mode: goes on at DI
refused:
        add sp, 6
        push ax
        put 'P'
        pop ax
        jmp di
table:
        dw 0xffff
        dd GDT
`;

const privilegeLevels = [0, 1, 2, 3];
const dataSegments = ['ds', 'es', 'fs', 'gs', 'ss'];

/** In protected mode all other registers hold what the GDT says, so that nothing else keeps the guest from the hardware. */
const others = (...kept: readonly string[]): string => `
        mov bx, DATA
${dataSegments
  .filter(segment => !kept.includes(segment))
  .map(segment => `        mov ${segment}, bx`)
  .join('\n')}
        nop`;

/** Goes on in protected mode with `selector` of real mode in `segment`. */
const keeping = (segment: string, selector: string, prepared: string, mark: string): string => `
${prepared}
        mov ax, ${selector}
        mov ${segment}, ax
        protect
        jmp CODE:.protected
.protected:
${others(segment)}
        mov byte [${segment}:0x40], 1
        put '${mark}'`;

const intoProtectedMode: readonly Row[] = [
  ...privilegeLevels.map(level => ({
    name: `CS as a data segment, RPL ${level}`,
    code: `
        like_real_mode GDT, 0x70${level}, 0x93
        to_segment 0x70${level}
        protect
${others()}
        mov byte [cs:0x1500], 1
        put 'c'
        jmp CODE:.flat
.flat:`,
    prints: 'c',
  })),
  ...dataSegments.flatMap(segment => [
    ...privilegeLevels.map(level => ({
      name: `${segment.toUpperCase()} as in the GDT, RPL ${level}`,
      code: keeping(segment, `0x100${level}`, `        like_real_mode GDT, 0x100${level}, 0x93`, 'g'),
      prints: 'g',
    })),
    ...privilegeLevels.map(level => ({
      name: `${segment.toUpperCase()} as in the LDT, RPL ${level}`,
      code: keeping(
        segment,
        `0x100${4 + level}`,
        `        like_real_mode LDT, 0x100${4 + level}, 0x93
        protect
        mov ax, LOCAL
        lldt ax
        unprotect`,
        'l',
      ),
      prints: 'l',
    })),
    {
      name: `${segment.toUpperCase()} with a selector of the LDT, and no LDT`,
      code: keeping(segment, '0x1004', '', 'n'),
      prints: 'n',
    },
    {
      name: `${segment.toUpperCase()} with a selector that is null in protected mode`,
      code: keeping(segment, '3', '', '0'),
      prints: '0',
    },
  ]),
];

/** Protected mode leaves a segment at selector * 16, of 64 KiB, that has not the type of real mode's. */
const leftBehind = (access: string, code: string): string => `
        like_real_mode GDT, 0x1000, ${access}
        protect
        mov ax, 0x1000
        mov fs, ax
        unprotect
        to_segment 0
        nop
${code}`;

const backInRealMode: readonly Row[] = [
  {
    name: 'expand-down data',
    code: leftBehind(
      '0x97',
      `
        mov di, .next
        mov byte [fs:0x40], 1
        put 'w'
.next:`,
    ),
    prints: 'P',
  },
  ...[
    ['read-only data', '0x91'],
    ['code', '0x9b'],
    ['data of ring 3', '0xf3'],
  ].map(([name, access]) => ({
    name: `${name}, loaded again`,
    code: leftBehind(
      access,
      `
        mov ax, 0x1000
        mov fs, ax
        mov byte [fs:0x40], 1
        put 'w'`,
    ),
    prints: 'w',
  })),
  {
    name: 'code in CS',
    code: `
        like_real_mode GDT, 0x700, 0x9b
        protect
        to_segment 0x700
        unprotect
        nop
        put 'c'
        to_segment 0x700`,
    prints: 'c',
  },
];

for (const [title, rows] of [
  ['selectors of real mode in protected mode', intoProtectedMode],
  ['segments of protected mode in real mode', backInRealMode],
] as const)
  describe(title, () => {
    for (const { name, code, prints = '' } of rows)
      it(name, () => {
        const { image } = assembleText(guestText(code));
        const bare = runGuest('none', image);
        assert.deepEqual([bare.debug, bare.ending], [`${prints}.`, 'exit']);
        for (const compiled of [false, true])
          assert.deepEqual(differencesBetween(runGuest('trapAndEmulate', image, { compiled }), bare, seenByGuest), []);
      });
  });
