// What one run of the assembler has used up of the bounds that hold for the run as a whole.
import { type Extent, FatalError } from './diagnostics';
import { limits } from './limits';
import { messages } from './messages';

const lineFeed = 10;
const carriageReturn = 13;

export class Budget {
  private steps = 0;
  private suggestions = 0;
  private characters = 0;
  private lines = 0;

  constructor(private readonly mostSteps: number = limits.steps) {}

  /** Counts work that is about to be done. Throws FatalError if it is more than a source may ask for: it is not done then. */
  spend(steps: number, extent: Extent | undefined) {
    const sum = this.steps + steps;
    this.steps = Math.min(sum, this.mostSteps);
    if (sum > this.mostSteps) throw new FatalError(messages.tooManySteps(this.mostSteps), extent);
  }

  get spent(): number {
    return this.steps;
  }

  /** Counts a source that is about to be cut into lines. Throws FatalError if all are too long. */
  read(name: string, text: string) {
    this.characters += text.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === lineFeed || (code === carriageReturn && text.charCodeAt(index + 1) !== lineFeed)) this.lines++;
    }
    if (this.characters > limits.sourceCharacters || this.lines > limits.sourceLines)
      throw new FatalError(messages.sourceTooLong(name));
  }

  /** Whether one more misspelt name may be compared with others: comparing all with all would take too long. */
  maySuggest(): boolean {
    return this.suggestions++ < limits.suggestions;
  }
}
