// `walk`: every trap that a guest has caused, stage by stage; on the bare machine, every exception and software interrupt. With
// `--all` also the monitor's bookkeeping, and interrupts that come by.
import { t, translated } from '../base/localization';
import { exitReason } from '../monitor/exit';
import { stageName } from '../monitor/stageNames';
import type { DeliveredEvent } from '../cpu/core';
import { Segment } from '../isa/registers';
import type { Debuggee } from '../debug/debuggee';
import { never } from '../debug/goals';
import { eventText } from '../debug/guestEvents';
import type { Stop } from '../debug/stop';
import { linearEip } from '../debug/position';
import { padded } from '../base/columns';
import type { GuestArguments } from './commandLine';
import { launchGuest, reportEnd, streamsTo } from './guestRun';
import { SerialLines } from './serialLines';

/** As wide as the longest name of a stage. */
const nameColumns = 9;
const row = (name: string, text: string): string => `  ${padded(name, nameColumns)}  ${text}`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export async function walk(files: readonly string[], options: GuestArguments): Promise<number> {
  const serial = new SerialLines(line => say(row(t`output`, JSON.stringify(line))));
  const debuggee = await launchGuest(files, options, streamsTo(serial));
  const code = await new Walk(debuggee, options).run(options.mostSteps);
  serial.end();
  return code;
}

class Walk {
  private traps = 0;

  constructor(
    private readonly debuggee: Debuggee,
    private readonly options: Pick<GuestArguments, 'all' | 'stats'>,
  ) {
    // out of one visit and into the next one: what is in between is not to be run through
    debuggee.engine.stepsIntoEverything = true;
    if (debuggee.options.technique === 'none') {
      debuggee.engine.checks.tellOfEach(event => this.delivered(event));
    }
  }

  async run(mostSteps: number): Promise<number> {
    const { engine } = this.debuggee;
    for (;;) {
      const stop = await engine.run({ ...never, entersMonitor: this.options.all ? 'all' : 'caused' }, { mostSteps });
      if (stop.kind !== 'goal') return reportEnd(this.debuggee, stop, this.options);
      const after = await this.trap();
      if (after.kind !== 'goal') return reportEnd(this.debuggee, after, this.options);
    }
  }

  /** All stages of the trap that the monitor has just been entered by. */
  private async trap(): Promise<Stop> {
    const { engine } = this.debuggee;
    const { visit } = engine;
    if (!visit) return { kind: 'goal' };
    const aside = visit.purpose === 'bookkeeping' ? ` · ${t`bookkeeping`}` : '';
    say(
      `#${++this.traps} ${translated(exitReason(visit.exit))}${aside} · ${this.instructionAt(linearEip(engine.system))}`,
    );
    if (visit.cause !== undefined) say(row(t`why`, visit.cause));
    for (let told = 0; ;) {
      const stop = await engine.stepMonitor('in');
      for (const { kind, text } of visit.stages.slice(told)) say(row(stageName(kind), text));
      told = visit.stages.length;
      if (stop.kind !== 'goal' || !engine.inMonitor) return stop;
    }
  }

  private delivered(event: DeliveredEvent): void {
    const { fromCpl, toCpl, kind } = event;
    if (!this.options.all && (kind === 'external' || kind === 'nmi')) return;
    const instruction = this.instructionAt(instructionOf(event));
    say(`#${++this.traps} ${eventText(event)} · ${t`ring ${fromCpl} → ${toCpl}`} · ${instruction}`);
  }

  /** `kernel.asm:42 boot+0x3: cli` */
  private instructionAt(linear: number): string {
    const { symbols, text, explainer, system } = this.debuggee;
    const state = system.running.level.believed();
    const position = symbols.lines.positionOf(linear);
    const source = position ? `${position.file}:${position.line} ` : '';
    const place = symbols.describe(linear) ?? explainer.placeAt(linear);
    const instruction = text.at(linear, state.codeIs32Bit ? 32 : 16, state.base(Segment.cs));
    return `${source}${place}: ${instruction?.text ?? t`not readable`}`;
  }
}

/** Where the instruction is that was interrupted: INT n and INT3 have been passed when they are delivered. */
function instructionOf({ kind, returnLinear }: DeliveredEvent): number {
  return returnLinear - (kind === 'softwareInterrupt' ? 2 : kind === 'softwareException' ? 1 : 0);
}
