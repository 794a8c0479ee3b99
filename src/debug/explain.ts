// Plain words for what stopped a guest, or ended it: what happened, why, what the error code says, who handles it.

import type { Linear } from '../base/address';
import { type Exit, exitReason } from '../monitor/exit';
import { hex } from '../base/hex';
import { unreachable } from '../base/exhaustive';
import { t, translated } from '../base/localization';
import { exceptionName, exceptionText, Vector, vectorName } from '../isa/exceptions';
import { privilegeText } from '../isa/privilege';
import { Segment } from '../isa/registers';
import type { DeliveredEvent } from '../cpu/core';
import type { ProcessorState } from '../cpu/registers/state';
import type { Engine } from './engine';
import { registerChangeText } from './registerWatch';
import type { Ending, Stop, WatchedAccess } from './stop';
import { errorCodeText } from './errorCode';
import { handlerText } from './gates';
import { eventText, type GuestEvent } from './guestEvents';
import type { InstructionText } from './instructionText';
import { bytesText, type MemoryView } from './memory';
import { whatIsMissing } from './missing';
import { linearEipOf } from './position';

export interface Explanation {
  /** short, such as `#PF(0x6)` */
  readonly id: string;
  /** one line */
  readonly summary: string;
  /** the whole story, in lines */
  readonly details: readonly string[];
}

export interface ExplanationParts {
  readonly engine: Engine;
  readonly memory: MemoryView;
  readonly text: InstructionText;
}

export class Explainer {
  constructor(private readonly parts: ExplanationParts) {}

  event(event: GuestEvent): Explanation {
    switch (event.kind) {
      case 'exception':
        return this.exception(event);
      case 'interrupt':
        return {
          id: eventText(event.delivery),
          summary: t`${eventText(event.delivery)} was delivered`,
          details: [this.interrupt(event)],
        };
      case 'ringChange':
        return {
          id: t`ring change`,
          summary: t`ring ${event.from} → ${event.to}`,
          details: [t`The guest has gone from ring ${event.from} to ring ${event.to}.`],
        };
      case 'tripleFault':
        return this.tripleFault();
      case 'privileged':
        return this.privileged(event);
      case 'sensitive':
        return this.sensitive(event);
      case 'monitorEntry':
        return this.monitorEntry(event.exit);
      default:
        return unreachable(event);
    }
  }

  private monitorEntry(exit: Exit): Explanation {
    const reason = translated(exitReason(exit));
    const detail =
      exit.kind === 'emulation'
        ? t`The hardware cannot hold the guest's state yet, so the monitor goes on for it.`
        : t`The hardware switched from ring ${exit.ring} to ring 0, into the monitor, because of ${reason}.`;
    const { visit } = this.parts.engine;
    const cause = visit?.exit === exit ? visit.cause : undefined;
    const summary = cause ?? t`the guest lost control to the monitor: ${reason}`;
    return { id: reason, summary, details: [...(cause === undefined ? [] : [t`${cause}.`]), detail] };
  }

  /** What a data breakpoint has seen: who, where, and the value; of a write the old and the new one. */
  access({ linear, bytes, write, by, before, after, delivery }: WatchedAccess): Explanation {
    const place = this.placeAt(by);
    const who = delivery ? t`the delivery of ${eventText(delivery)} before ${place}` : place;
    const [old, now] = [valueText(before), valueText(after)];
    const [amount, where] = [bytesText(bytes), this.placeAt(linear)];
    const summary = write
      ? t`${who} wrote ${amount} at ${where}: ${old === now ? t`${now}, as before` : `${old} → ${now}`}`
      : t`${who} read ${amount} at ${where}: ${old}`;
    return { id: t`data breakpoint`, summary, details: [t`${summary}.`] };
  }

  /** What a breakpoint on a register has seen. */
  register({ name, before, now }: Extract<Stop, { kind: 'register' }>): Explanation {
    const summary = registerChangeText(name, hex(before), hex(now));
    const place = this.place(this.believed);
    return { id: t`data breakpoint`, summary, details: [t`${summary}. The guest is at ${place}.`] };
  }

  /** Why the guest will not run any further, in one line. */
  ending(ending: Ending): string {
    switch (ending.kind) {
      case 'exit':
        return exitText(ending.code);
      case 'halted':
        return haltText(ending, this.place(this.believed));
      case 'shutdown':
        return this.tripleFault().details.join(' ');
      default:
        return unreachable(ending);
    }
  }

  /** `kernel_main+0x12 (0x00100012)`, or the bare address. */
  placeAt(linear: Linear): string {
    const name = this.parts.engine.symbols.describe(linear);
    return name === undefined ? hex(linear, 8) : `${name} (${hex(linear, 8)})`;
  }

  private exception({ vector, errorCode, delivery }: GuestEvent & { kind: 'exception' }): Explanation {
    const id = exceptionText(vector, errorCode);
    const { memory, engine } = this.parts;
    const name = exceptionName(vector) ?? t`an exception`;
    const summary = delivery
      ? t`${id}, ${name}: it interrupted ring ${delivery.fromCpl} at ${this.placeAt(delivery.returnLinear)}`
      : t`${id}, ${name} at ${this.place(this.believed)}`;
    const details = [t`${summary}.`];
    const cause = this.cause(vector, errorCode);
    if (cause) details.push(cause);
    const missing = whatIsMissing(vector, delivery ? this.interruptedInstruction(delivery) : this.instructionHere());
    if (missing) details.push(missing);
    details.push(t`It is handled by ${handlerText(vector, this.believed, memory, engine.symbols)}.`);
    return { id, summary, details };
  }

  private privileged({ instruction }: GuestEvent & { kind: 'privileged' }): Explanation {
    const { privilege } = instruction.row;
    const instructionHere = this.instructionHere();
    const summary =
      privilege === undefined ? t`${instructionHere} is privileged` : t`${instructionHere} ${privilegeText(privilege)}`;
    return { id: t`privileged instruction`, summary, details: [t`${summary}.`, this.ringsText()] };
  }

  private sensitive({ reason }: GuestEvent & { kind: 'sensitive' }): Explanation {
    const summary = t`${this.instructionHere()} is sensitive, and will not trap`;
    const detail = t`${summary}. ${translated(reason)}`;
    return { id: t`sensitive but silent`, summary, details: [detail, this.ringsText()] };
  }

  private tripleFault(): Explanation {
    const { engine, memory } = this.parts;
    const state = this.believed;
    const first = engine.checks.tripleFault?.first;
    const [instruction, place] = [this.instructionHere(), this.place(state)];
    const id = t`triple fault`;
    if (first === undefined)
      return { id, summary: id, details: [t`The guest has shut down at ${instruction} at ${place}.`] };
    const name = t`${vectorName(first)} (${exceptionName(first) ?? t`exception`})`;
    const details = [t`Triple fault. It began with ${name}, raised by ${instruction} at ${place}.`];
    if (first === Vector.pageFault) details.push(t`CR2 is ${hex(state.get('cr2') >>> 0, 8)}.`);
    const [forFirst, forDouble] = [first, Vector.doubleFault].map(vector =>
      handlerText(vector, state, memory, engine.symbols),
    );
    details.push(
      t`The guest could handle neither that (${forFirst}) nor the double fault that followed (${forDouble}), so the processor shut down.`,
    );
    const missing = whatIsMissing(first, instruction);
    if (missing) details.push(missing);
    return { id, summary: t`triple fault, begun by ${name} at ${place}`, details };
  }

  /** What the error code and CR2 tell. */
  private cause(vector: number, errorCode: number | undefined): string | undefined {
    const state = this.believed;
    if (errorCode === undefined) return undefined;
    const text = errorCodeText(vector, errorCode);
    if (vector === Vector.pageFault)
      return t`The access to ${hex(state.get('cr2') >>> 0, 8)} (CR2) was ${text ?? t`refused`}.`;
    if (text) return t`The error code ${hex(errorCode)} names ${text}.`;
    return vector === Vector.generalProtection
      ? t`The error code 0 names no segment: a privilege, a limit or a reserved bit was violated.`
      : undefined;
  }

  private interrupt({ vector, delivery: { returnLinear, fromCpl } }: GuestEvent & { kind: 'interrupt' }): string {
    return t`A device raised vector ${hex(vector, 2)}; it interrupted ring ${fromCpl} at ${this.placeAt(returnLinear)}.`;
  }

  private ringsText(): string {
    const { system } = this.parts.engine;
    const real = system.machine.hardware.state.cpl;
    const { cpl, iopl } = this.believed;
    if (system.technique === 'none') return t`The guest is in ring ${cpl}, with IOPL ${iopl}, on the bare machine.`;
    return t`The guest believes to be in ring ${cpl}, with IOPL ${iopl}; really it is in ring ${real}.`;
  }

  private instructionHere(): string {
    return this.instructionAt(linearEipOf(this.believed), this.believed.base(Segment.cs));
  }

  private interruptedInstruction({ returnLinear, returnEip }: DeliveredEvent): string {
    return this.instructionAt(returnLinear, (returnLinear - returnEip) >>> 0);
  }

  private instructionAt(linear: Linear, codeBase: Linear): string {
    const instruction = this.parts.text.at(linear, this.believed.codeIs32Bit ? 32 : 16, codeBase);
    return instruction?.text ?? t`an instruction that cannot be fetched`;
  }

  private place(state: ProcessorState): string {
    return this.placeAt(linearEipOf(state));
  }

  private get believed(): ProcessorState {
    return this.parts.engine.system.running.level.believed();
  }
}

/** The port makes 2n + 1 of what is written. */
const exitText = (code: number): string =>
  code > 1
    ? t`The guest has ended the run through the debug-exit port, with code ${code >>> 1} (exit code ${code & 0xff}, as QEMU gives it).`
    : t`The guest has ended the run through the debug-exit port, with code ${code >>> 1}.`;

const haltText = ({ interruptsOn, inFirmware }: Extract<Ending, { kind: 'halted' }>, place: string): string =>
  inFirmware
    ? t`The guest has halted at ${place}, in the BIOS, which has nothing more to run. The guest returned to where nobody had called it, jumped to the BIOS, or ran into what is no code. There is no DOS here to return to, and nothing that answers INT 20h, INT 21h or INT 80h: end with CLI and HLT, or by the debug-exit port.`
    : interruptsOn
      ? t`The guest has halted at ${place}, with interrupts on, but no device will ever raise one, so it would wait for ever. Program a device and unmask its IRQ in the interrupt controllers (ports 0x21 and 0xa1), or end with CLI and HLT.`
      : t`The guest has halted at ${place}, with interrupts off, so that nothing will wake it.`;

/** Bytes as they lie in memory, as one number. */
const valueText = (bytes: Uint8Array): string =>
  `0x${Array.from(bytes, byte => byte.toString(16).padStart(2, '0'))
    .reverse()
    .join('')}`;
