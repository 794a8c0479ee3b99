// What a session says to a client of some language, all round: a walk through the first sample, with everything that the
// client can look at on the way, and requests that are refused. Each text comes with the place where it was said.
import fs from 'node:fs';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { InProcess, refusal } from './inProcess';

export interface Said {
  readonly where: string;
  readonly text: string;
  /** it stands in the Variables view */
  readonly isVariable: boolean;
}

const folder = path.resolve('media/samples/first-trap');
const program = 'first-trap.asm';
const files = Object.fromEntries(
  fs
    .readdirSync(folder)
    .filter(name => /\.(asm|inc)$/.test(name))
    .map(name => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
);
const lineOf = (text: RegExp): number => files[program].split('\n').findIndex(line => text.test(line)) + 1;

/** How deep variables are looked at. */
const depths = { shallow: 1, deep: 3 };

/** A type that only chooses a colour is shown nowhere. */
const shownType = (type: string | undefined): string | undefined => (type === 'number' ? undefined : type);

export class LocaleTour {
  readonly said: Said[] = [];
  private readonly client: InProcess;
  private printed = 0;

  constructor(
    private readonly locale: string,
    sources: Readonly<Record<string, string>> = files,
  ) {
    this.client = new InProcess(sources);
  }

  /** Through the first sample, to its end. */
  static async ofSample(locale: string, technique: string): Promise<readonly Said[]> {
    const tour = new LocaleTour(locale);
    await tour.start(technique);
    await tour.refusals();
    await tour.goOn('at the kernel', 'configurationDone', depths.deep);
    await tour.goOn('the first trap', 'stepIn', depths.deep);
    for (let step = 0; technique !== 'none' && step < 7; step++)
      await tour.goOn(`statement ${step + 1}`, 'next', depths.shallow);
    await tour.wrongExpressions();
    await tour.watchRegister();
    await tour.goOn('a register has changed', 'continue', depths.shallow);
    await tour.ask('setDataBreakpoints', { breakpoints: [] });
    await tour.goOn('in the program', 'continue', depths.shallow);
    const filters = ['privileged', 'ringChange', 'interrupt', ...(technique === 'none' ? [] : ['monitorEntry'])];
    for (const filter of filters) await tour.stopAt(filter);
    await tour.ask('setExceptionBreakpoints', {
      filters: [],
      filterOptions: [{ filterId: 'exception', condition: 'vector == 14' }],
    });
    await tour.goOn('a page fault', 'continue', depths.deep);
    await tour.toTheEnd();
    return tour.said;
  }

  /** A guest of its own, to its end. */
  static async ofGuest(locale: string, technique: string, source: string): Promise<readonly Said[]> {
    const tour = new LocaleTour(locale, { [program]: source });
    await tour.client.ask('initialize', { adapterID: 'ringside', locale });
    await tour.ask('launch', { program, technique, stopOnEntry: false });
    await tour.toTheEnd('configurationDone');
    return tour.said;
  }

  /** A guest of its own, to where a filter stops it. */
  static async ofStop(locale: string, filter: string, technique: string, source: string): Promise<readonly Said[]> {
    const tour = new LocaleTour(locale, { [program]: source });
    await tour.client.ask('initialize', { adapterID: 'ringside', locale });
    await tour.ask('launch', { program, technique, stopOnEntry: true });
    await tour.goOn('at the entry', 'configurationDone', depths.shallow);
    await tour.stopAt(filter);
    tour.client.end();
    return tour.said;
  }

  private async start(technique: string): Promise<void> {
    const capabilities = await this.client.ask<DebugProtocol.Capabilities>('initialize', {
      adapterID: 'ringside',
      locale: this.locale,
      supportsVariableType: true,
    });
    for (const { filter, label, description, conditionDescription } of capabilities.exceptionBreakpointFilters ?? [])
      this.say(`filter ${filter}`, label, description, conditionDescription);
    await this.ask('continue', {});
    for (const wrong of wrongLaunches) await this.ask('launch', { program, ...wrong });
    await this.ask('launch', { program, technique });
    for (const [command, args] of breakpoints) {
      const body = await this.ask(command, args);
      const set = (body?.breakpoints ?? []) as DebugProtocol.Breakpoint[];
      for (const { message } of set) this.say(command, message);
    }
    const { threads } = await this.client.ask<DebugProtocol.ThreadsResponse['body']>('threads');
    for (const { name } of threads) this.say('thread', name);
  }

  private async refusals(): Promise<void> {
    for (const [command, args] of refused) await this.ask(command, args);
  }

  private async wrongExpressions(): Promise<void> {
    for (const expression of wrongExpressions) await this.ask('evaluate', { expression, context: 'repl' });
  }

  private async watchRegister(): Promise<void> {
    const infos = await Promise.all(
      dataNames.map(name => this.ask('dataBreakpointInfo', { name, asAddress: name.startsWith('0x') })),
    );
    for (const info of infos) this.say('dataBreakpointInfo', info?.description as string | undefined);
    const breakpoints = [{ dataId: 'register cr3', accessType: 'write' }];
    await this.ask('setDataBreakpoints', { breakpoints });
  }

  private async stopAt(filter: string): Promise<void> {
    await this.ask('setExceptionBreakpoints', { filters: [filter] });
    await this.goOn(`filter ${filter}`, 'continue', depths.shallow);
  }

  private async toTheEnd(command = 'continue'): Promise<void> {
    await this.client.ask('setExceptionBreakpoints', { filters: [] });
    await this.client.ask('setFunctionBreakpoints', { breakpoints: [] });
    await this.client.until('terminated', () => this.client.ask(command, { threadId: 1 }));
    this.hearOutput('the end');
    this.client.end();
  }

  /** Lets the guest go on, and looks at all that the client shows of where it stops. */
  private async goOn(where: string, command: string, depth: number): Promise<void> {
    const { client } = this;
    const { body } = (await client.until('stopped', () =>
      client.ask(command, { threadId: 1 }),
    )) as DebugProtocol.StoppedEvent;
    this.hearOutput(where);
    this.say(`${where}: stopped`, body.text, body.description);
    const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 });
    for (const { name } of stackFrames) this.say(`${where}: stack`, name);
    const frameId = stackFrames[0].id;
    const { scopes } = await client.ask<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
    for (const { name, variablesReference, presentationHint } of scopes) {
      this.say(`${where}: scope`, name);
      // the monitor's own names are code, and so is what its values consist of
      if (presentationHint === 'locals') await this.locals(`${where}: ${name}`, variablesReference);
      else await this.variables(`${where}: ${name}`, variablesReference, depth);
    }
    const { targets } = await client.ask<DebugProtocol.StepInTargetsResponse['body']>('stepInTargets', { frameId });
    for (const { label } of targets) this.say(`${where}: step into`, label);
    const info = await client.ask<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', { threadId: 1 });
    this.say(`${where}: exception`, info.exceptionId, info.description, info.details?.message);
  }

  private async variables(where: string, variablesReference: number, depth: number): Promise<void> {
    if (variablesReference === 0 || depth === 0) return;
    const { variables } = await this.client.ask<DebugProtocol.VariablesResponse['body']>('variables', {
      variablesReference,
    });
    for (const { name, value, type, evaluateName, variablesReference: below } of variables) {
      // what stands for itself in an expression is code
      this.note(where, true, evaluateName === undefined ? name : undefined, value, shownType(type));
      await this.variables(`${where} > ${name}`, below, depth - 1);
    }
  }

  private async locals(where: string, variablesReference: number): Promise<void> {
    const body = await this.client.ask<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference });
    for (const { value } of body.variables) this.note(where, true, value);
  }

  /** The body, or undefined where the request is refused, which says why. */
  private async ask(command: string, args: object): Promise<Record<string, unknown> | undefined> {
    const response = await this.client.send(command, args);
    if (!response.success) this.say(`${command} ${JSON.stringify(args)}`, refusal(response));
    return response.success ? ((response.body ?? {}) as Record<string, unknown>) : undefined;
  }

  private hearOutput(where: string): void {
    const fresh = this.client.events.slice(this.printed);
    this.printed = this.client.events.length;
    for (const { event, body } of fresh) {
      const { category, output } = (body ?? {}) as { category?: string; output?: string };
      if (event === 'output' && category !== 'stdout') this.say(`${where}: ${category}`, output?.trimEnd());
    }
  }

  private say(where: string, ...texts: (string | undefined)[]): void {
    this.note(where, false, ...texts);
  }

  private note(where: string, isVariable: boolean, ...texts: (string | undefined)[]): void {
    for (const text of texts) {
      const isKnown =
        text === undefined || this.said.some(said => said.text === text && said.isVariable === isVariable);
      if (!isKnown) this.said.push({ where, text, isVariable });
    }
  }
}

/** The names that the sample gives: its labels and constants. */
export const sampleNames: readonly string[] = Object.values(files).flatMap(text =>
  [...text.matchAll(/^\.?(\w+)(?::|\s+equ\b)/gm)].map(([, name]) => name),
);

const wrongLaunches: readonly object[] = [
  { technique: 'nonesuch' },
  { program: 'gone.asm' },
  { program: '' },
  { memoryMb: 0.5 },
  { boot: 'tape' },
  { stopOnEntry: 'yes' },
  { defines: ['=5'] },
  { includePaths: 'x' },
  { disks: ['a', 'b', 'c'] },
  { disks: ['gone.img'] },
  { symbols: [5] },
  { entry: 'nowhere' },
  { program: ['a.asm'], address: 'x' },
  { sourceMap: 5 },
];

const source = { path: program, name: program };
const breakpoints: readonly (readonly [command: string, args: object])[] = [
  ['setBreakpoints', { source, breakpoints: [{ line: 100_000 }] }],
  ['setBreakpoints', { source: { path: '/other.asm' }, breakpoints: [{ line: 1 }] }],
  ['setBreakpoints', { source, breakpoints: [{ line: 1, condition: 'eax =' }] }],
  ['setBreakpoints', { source, breakpoints: [{ line: 1, condition: 'gone == 1' }] }],
  ['setBreakpoints', { source, breakpoints: [{ line: 1, hitCondition: 'often' }] }],
  ['setBreakpoints', { source, breakpoints: [{ line: 1, logMessage: 'eax is {eax' }] }],
  ['setFunctionBreakpoints', { breakpoints: [{ name: 'user_writ_file' }, { name: 'gone' }] }],
  ['setInstructionBreakpoints', { breakpoints: [{ instructionReference: 'here' }] }],
  ['setDataBreakpoints', { breakpoints: [{ dataId: 'here' }] }],
  [
    'setExceptionBreakpoints',
    { filters: ['gone'], filterOptions: [{ filterId: 'interrupt', condition: 'from == 3' }] },
  ],
  ['setExceptionBreakpoints', { filters: [] }],
  ['setBreakpoints', { source, breakpoints: [{ line: lineOf(/^ +lgdt/) }] }],
  ['setFunctionBreakpoints', { breakpoints: [{ name: 'user_write_file' }] }],
];

const refused: readonly (readonly [command: string, args: object])[] = [
  ['nonesuch', {}],
  ['scopes', {}],
  ['scopes', { frameId: 99 }],
  ['scopes', { frameId: 'x' }],
  ['variables', { variablesReference: 99_999 }],
  ['variables', { variablesReference: 1000, start: -1 }],
  ['stepIn', { granularity: 'page' }],
  ['evaluate', { expression: 5 }],
  ['setExceptionBreakpoints', { filters: 5 }],
  ['readMemory', { memoryReference: 'here', count: 4 }],
  ['writeMemory', { memoryReference: 'gva:0x00100000', data: '!' }],
  ['writeMemory', { memoryReference: 'gpa:0xf0000000', data: 'AAAA' }],
  ['source', { sourceReference: 99 }],
  ['guestKeys', { codes: [5000] }],
];

const wrongExpressions: readonly string[] = [
  ...['eax +', 'eax eax', '(eax', '#', '12zz', 'gone', 'kernel_entri', '*eax:u64', '[eax:4]', '1 / 0', 'vector'],
  ...['5 = 5', 'cpl = 3', 'al = 1000', '[0xfff00000]', '('.repeat(200)],
];

const dataNames = ['greeting', 'dword [esp]', 'cpl', '0x00101000'];
