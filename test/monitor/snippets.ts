// A few instructions in a given ring of a small guest, under a given technique, and what the guest then knows.

import { assembleText, type AssembledGuest } from './assembledGuest';
import { type GuestRun, runGuest } from './runGuest';
import type { TechniqueName } from '../../src/monitor/system';

export interface Context {
  readonly ring: 0 | 3;
  /** of the snippet when it starts: IF and IOPL count */
  readonly eflags: number;
}

export interface SnippetResult {
  readonly run: GuestRun;
  /** such as `ok`, `halted`, `#GP(0x8)`: how the snippet ended */
  readonly outcome: string;
  /** the doublewords that it left at `result` */
  readonly result: readonly number[];
}

const iopl = (level: number): number => level << 12;
const interruptsOn = 0x200;

export const contexts: readonly Context[] = [
  { ring: 0, eflags: 2 },
  { ring: 0, eflags: 2 | interruptsOn | iopl(3) },
  { ring: 3, eflags: 2 | interruptsOn },
  { ring: 3, eflags: 2 | interruptsOn | iopl(3) },
];

export const contextText = ({ ring, eflags }: Context): string =>
  `ring ${ring}, IOPL ${(eflags >> 12) & 3}, IF ${(eflags >> 9) & 1}`;

const guestText = (snippet: string): string => `
%include "kernel.inc"
guest:
        call start_paging
        mov eax, [wanted_cr4]
        mov cr4, eax
        map 0x400000, FRAMES | P | W | U
        mov byte [idt + 0x31 * 8 + 5], 0x8e
        mov byte [idt + 0x32 * 8 + 5], 0xee
        attempt_at snippet, .after
        cmp dword [wanted_ring], 0
        je .kernel
        push dword DATA3
        push dword STACK3
        push dword [wanted_flags]
        push dword CODE3
        push dword snippet
        mov eax, DATA3
        mov ds, eax
        mov es, eax
        call .registers
        iretd
.kernel:
        push dword [wanted_flags]
        push dword CODE0
        push dword snippet
        call .registers
        iretd
.registers:
        mov eax, 0x11
        mov ebx, 0x22
        xor ecx, ecx
        mov edx, 0x80
        mov esi, FRAMES
        mov edi, FRAMES + 0x800
        xor ebp, ebp
        ret
        recovery_point .after, "snippet"
        show "flags", [caught_flags]
        say 10
        finish
snippet:
${snippet
  .split('\n')
  .map(line => `        ${line.trim()}`)
  .join('\n')}
        int 0x30
        align 8
result:         times 8 dd 0
wanted_ring:    dd 0
wanted_flags:   dd 2
wanted_cr4:     dd 0
`;

const assembled = new Map<string, AssembledGuest>();

function guestOf(snippet: string): AssembledGuest {
  const known = assembled.get(snippet) ?? assembleText(guestText(snippet));
  assembled.set(snippet, known);
  return known;
}

export function runSnippet(technique: TechniqueName, snippet: string, context: Context, cr4 = 0): SnippetResult {
  const guest = guestOf(snippet);
  const bytes = guest.image.bytes.slice();
  const view = new DataView(bytes.buffer);
  const put = (label: string, value: number): void =>
    view.setUint32(guest.address(label) - guest.image.loadAddress, value, true);
  put('wanted_ring', context.ring);
  put('wanted_flags', context.eflags);
  put('wanted_cr4', cr4);
  const run = runGuest(technique, { ...guest.image, bytes }, { limit: 300_000 });
  const memory = run.system.running.memory;
  const result = Array.from({ length: 8 }, (_, index) => memory.read32(guest.address('result') + index * 4) >>> 0);
  return { run, outcome: outcomeOf(run), result };
}

/** From what the guest printed: it says itself how the snippet ended. */
function outcomeOf({ debug, ending }: GuestRun): string {
  if (ending !== 'exit') return ending;
  return /^snippet: (.*)$/m.exec(debug)?.[1] ?? debug;
}
