// A conversation with a worker, which may take for ever, run out of memory or die: each question gets its answer, or is
// refused with the reason. The worker is started for the first question, and anew for the next one after it has gone.

/** The near end of a worker. */
export interface WorkerEnd<Question, Answer> {
  post(question: Question): void;
  onMessage(listener: (answer: Answer) => void): void;
  /** It has ended, for a reason in words. */
  onEnd(listener: (reason: string) => void): void;
  stop(): void;
}

interface Numbered {
  readonly id: number;
}

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Longest that one question may take; what takes longer does not end. */
const patienceMs = 20_000;

export class WorkerConversation<Question extends Numbered, Answer extends Numbered> {
  private worker: Promise<WorkerEnd<Question, Answer>> | undefined;
  private lastId = 0;
  private readonly waiting = new Map<number, Waiting<Answer>>();

  constructor(
    private readonly start: () => Promise<WorkerEnd<Question, Answer>>,
    private readonly patience = patienceMs,
  ) {}

  /** Rejects with an Error whose message is the reason. */
  async ask(content: Omit<Question, 'id'>): Promise<Answer> {
    const worker = await this.started();
    const id = ++this.lastId;
    const answer = new Promise<Answer>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    const tooLate = `it takes longer than ${this.patience / 1000} seconds`;
    const timer = setTimeout(() => this.giveUp(tooLate), this.patience);
    worker.post({ ...content, id } as unknown as Question);
    return answer.finally(() => clearTimeout(timer));
  }

  stop(): void {
    this.giveUp('it was stopped');
  }

  private async started(): Promise<WorkerEnd<Question, Answer>> {
    const starting = (this.worker ??= this.begin());
    try {
      return await starting;
    } catch (error) {
      if (this.worker === starting) this.worker = undefined;
      throw error;
    }
  }

  private async begin(): Promise<WorkerEnd<Question, Answer>> {
    const worker = await this.start();
    worker.onMessage(answer => {
      this.waiting.get(answer.id)?.resolve(answer);
      this.waiting.delete(answer.id);
    });
    worker.onEnd(reason => void this.ended(worker, reason));
    return worker;
  }

  private async ended(worker: WorkerEnd<Question, Answer>, reason: string): Promise<void> {
    if ((await this.worker) === worker) this.giveUp(reason);
  }

  private giveUp(reason: string): void {
    void this.worker?.then(
      worker => worker.stop(),
      () => undefined,
    );
    this.worker = undefined;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(new Error(reason));
  }
}
