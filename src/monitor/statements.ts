// The monitor's source as a program: what the build knows of each statement of a handler, and the form of a handler that
// can stop before each of them. `build/monitorProgram.mjs` makes both from the handlers' source and declares them here.

export const stageKinds = [
  /** the trap has arrived, and the guest's registers are saved */
  'intercept',
  /** the instruction is fetched and decoded */
  'decode',
  /** it is decided whose business this is */
  'check',
  /** what the guest means becomes what the machine has: an address, code */
  'translate',
  /** the instruction is carried out on the virtual CPU */
  'emulate',
  /** work that a hosted monitor hands to a process of the host, over a world switch */
  'host',
  /** an event is delivered to the guest's own handler */
  'inject',
  /** the guest is about to run again */
  'resume',
] as const;
export type StageKind = (typeof stageKinds)[number];

/** A comment that groups the lines below it, up to the next empty one: `// check: whose fault is it?` */
export interface Heading {
  readonly kind: StageKind;
  readonly title: string;
}

export interface Statement {
  /** relative to `src/` */
  readonly file: string;
  /** the function that it stands in */
  readonly handler: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly heading: Heading | undefined;
  /** it is the first below its heading */
  readonly begins: boolean;
  /** the names that are in scope, its own declarations included */
  readonly locals: readonly string[];
}

/** What a stepping form asks of the visit that it is a part of. */
export interface Stepper {
  /** Before each statement: stop here? `read` gives the values of its locals, by number; one that has none yet throws. */
  at(statement: Statement, read: (index: number) => unknown): boolean;
  /** Calls another handler, in its stepping form. */
  call<Args extends readonly unknown[], Result>(
    handler: Handler<Args, Result>,
    ...args: Args
  ): Generator<void, Result, void>;
}

/** A handler in the form that stops wherever its visit wants it to. */
export type SteppingForm<Args extends readonly unknown[], Result> = (
  visit: Stepper,
  ...args: Args
) => Generator<void, Result, void>;
export type Handler<Args extends readonly unknown[], Result> = (...args: Args) => Result;

const programs = new Map<string, readonly Statement[]>();
const steppingForms = new WeakMap<object, unknown>();

/** A statement as the build knows it: its heading by number. */
type DeclaredStatement = Omit<Statement, 'file' | 'heading'> & { readonly heading?: number };

/** Called by the code that the build makes, once for each file of handlers. */
export function declareStatements(
  file: string,
  headings: readonly Heading[],
  rows: readonly DeclaredStatement[],
): readonly Statement[] {
  const unknown = headings.find(({ kind }) => !stageKinds.includes(kind));
  if (unknown) throw new Error(`${file}: "${unknown.kind}: ${unknown.title}" names no stage`);
  const statements = rows.map(row => ({
    ...row,
    file,
    heading: row.heading === undefined ? undefined : headings[row.heading],
  }));
  programs.set(file, statements);
  return statements;
}

export function setSteppingForm<Args extends readonly unknown[], Result>(
  handler: Handler<Args, Result>,
  form: SteppingForm<Args, Result>,
): void {
  steppingForms.set(handler, form);
}

export function steppingForm<Args extends readonly unknown[], Result>(
  handler: Handler<Args, Result>,
): SteppingForm<Args, Result> {
  const form = steppingForms.get(handler) as SteppingForm<Args, Result> | undefined;
  if (!form) throw new Error(`the handler ${handler.name} was bundled without its stepping form (monitorProgram.mjs)`);
  return form;
}

/** The statements of the handlers in `file`, in their order; none if it holds no handlers. */
export const statementsOf = (file: string): readonly Statement[] => programs.get(file) ?? [];

/** Every file of handlers. */
export const handlerFiles = (): readonly string[] => [...programs.keys()];
