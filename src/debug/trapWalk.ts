// One visit to the monitor: the exit, the stages passed so far, and the handler that stands at the last of them.

import type { Stage, StageKind, Stages, StageSite } from '../monitor/stage';
import type { Exit } from '../monitor/system';

export interface PassedStage {
  readonly kind: StageKind;
  readonly site: StageSite | undefined;
  readonly text: string;
}

export class TrapWalk {
  private readonly passed: PassedStage[] = [];
  private finished = false;

  constructor(
    readonly exit: Exit,
    private readonly handler: Stages,
  ) {}

  /** The stages that have been watched, the last of which the handler stands at. */
  get stages(): readonly PassedStage[] {
    return this.passed;
  }

  get current(): PassedStage | undefined {
    return this.finished ? undefined : this.passed[this.passed.length - 1];
  }

  /** On to the next stage, whose text is made. False if the handler is done, and the guest runs again. */
  next(): boolean {
    const { done, value } = this.handler.next();
    if (done) {
      this.finished = true;
      return false;
    }
    this.passed.push(passedStage(value));
    return true;
  }

  /** To the end of the handler, without a look at its stages. */
  finish(): void {
    while (!this.handler.next().done);
    this.finished = true;
  }
}

const passedStage = (stage: Stage): PassedStage => ({ kind: stage.kind, site: stage.site, text: stage.describe() });
