// Stages: the steps in which a monitor handles an exit. Handlers are generators that yield one stage after each step
// they take; the debugger stops between them and shows the handler's own source line. When nobody watches, a handler
// simply runs through, and no text is made.

export type StageKind =
  /** the trap has arrived, and the guest's registers have been saved */
  | 'intercept'
  /** the instruction has been fetched and decoded */
  | 'decode'
  /** it has been decided whose business this is */
  | 'check'
  /** the instruction has been carried out on the virtual CPU */
  | 'emulate'
  /** a shadow structure has been brought up to date */
  | 'shadow'
  /** work that a hosted monitor hands to a process of the host, over a world switch */
  | 'host'
  /** an event has been delivered to the guest's own handler */
  | 'inject'
  /** the guest is about to run again */
  | 'resume';

/** Where in the monitor's source a stage stands; `file` is relative to `src/`. */
export interface StageSite {
  readonly file: string;
  readonly line: number;
}

export interface Stage {
  readonly kind: StageKind;
  readonly site: StageSite | undefined;
  /** What happened, in one line with values. To be asked only while the handler stands at this stage. */
  readonly describe: () => string;
}

/** A handler under way. */
export type Stages = Generator<Stage, void, void>;

type MakeStage = (kind: StageKind, describe: () => string) => Stage;

const makeStage =
  (site: StageSite | undefined): MakeStage =>
  (kind, describe) => ({ kind, site, describe });

/** `yield stage(kind, text)`. The build rewrites it to `stage.at(file, line)(kind, text)`. */
export const stage: MakeStage & { readonly at: (file: string, line: number) => MakeStage } = Object.assign(
  makeStage(undefined),
  { at: (file: string, line: number) => makeStage({ file, line }) },
);
