// Where a guest is and how it got there, over the debug protocol: a request of this project's own, for the editor and for any other
// client. All texts are in the session's language.

/** Request, without arguments. Answered at any time; while the guest runs only with the time. */
export const whereRequest = 'ringside/where';

/** Something that is said of the guest, and where there is more of it to be seen. */
export interface Fact {
  text: string;
  /** such as `gva:0x00007c00`, for `readMemory`, `disassemble` and memory views */
  memoryReference?: string;
  /** bytes that it lies in there, if that is known */
  bytes?: number;
  source?: SourceLine;
  /** the row of the Variables view that shows it */
  variable?: VariableName;
}

/** As a `StackFrame` has them: DAP's `Source`, and a line as the client counts. */
export interface SourceLine {
  source: { name?: string; path?: string; sourceReference?: number };
  line: number;
}

export interface VariableName {
  /** name of the scope, as the answer to `scopes` has it */
  scope: string;
  name: string;
}

export type Where = RunningGuest | StandingGuest;

export interface RunningGuest {
  running: true;
  technique: TechniqueFact;
  time: VirtualTime;
}

export interface StandingGuest {
  running: false;
  technique: TechniqueFact;
  time: VirtualTime;
  rings: {
    /** that the processor is in */
    real: RingFact;
    /** that the guest believes to be in */
    believed: RingFact;
    /** that the guest really was in when it lost control, while the monitor has it */
    trapped?: RingFact;
  };
  /** in which the guest believes the processor to be */
  mode: ModeFact;
  processor: Fact & { in: 'guest' | 'monitor' };
  /** the newest */
  crossing?: Crossing;
  /** the last one into the monitor, if `crossing` is another */
  monitorEntry?: Crossing;
}

export interface TechniqueFact extends Fact {
  name: string;
}

/** Instructions of the guest, and the time in which it idled; that is so many seconds by the guest's own clocks. */
export interface VirtualTime {
  text: string;
  ticks: number;
  seconds: number;
}

export interface RingFact extends Fact {
  ring: number;
}

export interface ModeFact extends Fact {
  name: 'real' | 'protected16' | 'protected32' | 'virtual8086';
  paging: boolean;
}

export type CrossingKind =
  | 'exception'
  /** of a device, or an NMI */
  | 'interrupt'
  /** INT n, INT3, INTO, INT1: a system call, as a rule */
  | 'softwareInterrupt'
  | 'interruptReturn'
  | 'sysenter'
  /** by a call gate, a far return, SYSEXIT or a task switch */
  | 'ringChange'
  | 'monitorEntry'
  /** no gate could be used, and the processor shut down */
  | 'tripleFault';

/** How control passed from one ring to another, or to a handler in the same one. */
export interface Crossing extends Fact {
  kind: CrossingKind;
  /** whose rings these are: those that the guest believes in, or the hardware's */
  rings: 'believed' | 'real';
  from: number;
  to: number;
  time: VirtualTime;
  /** the handler, or the monitor's visit, is over */
  isOver: boolean;
  /** deliveries since then which were made at full speed, so that nothing is noted of them but their number */
  unseen: number;
  /** the instruction that was interrupted, called, or trapped */
  cause?: Fact;
  gate?: GateFact;
  /** where the gate leads */
  handler?: Fact;
  stack?: StackFact;
  frame?: FrameFact;
}

export interface GateFact extends Fact {
  vector: number;
}

export interface StackFact {
  /** another stack, of the inner ring */
  switched: boolean;
  /** `SS:ESP` */
  before?: Fact;
  after: Fact;
}

/** What the processor pushed, from the lowest address upwards. */
export interface FrameFact extends Fact {
  slotBytes: 2 | 4;
  /** it is not there any more: the handler has returned, and its stack has been used again */
  isGone: boolean;
  words: (Fact & { name: string; value: number })[];
}
