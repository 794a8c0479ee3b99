// The guest's screen for the client, which pulls: a picture is made only while somebody waits for one, and until then only looked
// at to tell when there is anything to be seen. Looking goes on between the guest's turns, and changes nothing.
import { type ScreenFrame, isEmpty, sameFrame, type TextFrame, textLines } from '../devices/screenFrame';
import type { GuestScreen, GuestText } from '../shared/guestScreen';
import { toBase64 } from '../shared/base64';

interface Picture {
  readonly number: number;
  readonly frame: ScreenFrame;
}

/** Longest that a client waits for a picture that is another. */
const patienceMs = 1000;

interface Waiting {
  readonly since: number;
  readonly answer: (screen: GuestScreen) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class ScreenPulls {
  private newest: Picture | undefined;
  private wasShown = false;
  private waiting: Waiting | undefined;

  constructor(
    /** undefined while there is no guest */
    private readonly frameNow: () => ScreenFrame | undefined,
    /** there is something to be seen for the first time */
    private readonly shown: () => void,
  ) {}

  /** The picture now; or, if that is the one numbered `since`, the next one. */
  async pull(now: ScreenFrame, since: number | undefined): Promise<GuestScreen> {
    this.giveUp();
    const picture = this.pictureOf(now);
    if (picture.number !== since) return screenOf(picture);
    return new Promise(
      answer => (this.waiting = { since, answer, timer: setTimeout(() => this.giveUp(), patienceMs) }),
    );
  }

  /** Another guest: what it shows is to be told of again. */
  forget(): void {
    this.wasShown = false;
    this.look();
  }

  /** Who waits hears that there is nothing new. */
  giveUp(): void {
    if (this.waiting) this.answer({ number: this.waiting.since, mode: 'unchanged' });
  }

  /** The guest has run, or somebody has changed it. */
  look(): void {
    if (this.wasShown && !this.waiting) return;
    const frame = this.frameNow();
    if (!frame) return;
    if (!this.wasShown && !isEmpty(frame)) {
      this.wasShown = true;
      this.shown();
    }
    if (!this.waiting) return;
    const picture = this.pictureOf(frame);
    if (picture.number !== this.waiting.since) this.answer(screenOf(picture));
  }

  /** The last picture, for a client that may not ask any more; undefined if there was nothing to be seen. */
  last(): GuestScreen | undefined {
    this.look();
    const frame = this.wasShown ? this.frameNow() : undefined;
    return frame && screenOf(this.pictureOf(frame));
  }

  private pictureOf(frame: ScreenFrame): Picture {
    if (!this.newest || !sameFrame(this.newest.frame, frame))
      this.newest = { number: (this.newest?.number ?? 0) + 1, frame };
    return this.newest;
  }

  private answer(screen: GuestScreen): void {
    const { waiting } = this;
    this.waiting = undefined;
    clearTimeout(waiting?.timer);
    waiting?.answer(screen);
  }
}

function screenOf({ number, frame }: Picture): GuestScreen {
  switch (frame.kind) {
    case 'text':
      return { number, ...textOf(frame) };
    case 'pixels': {
      const { width, height, pixels, palette } = frame;
      return { number, mode: 'pixels', width, height, pixels: toBase64(pixels), palette: [...palette] };
    }
    case 'graphics':
    case 'off':
      return { number, mode: frame.kind, width: frame.width, height: frame.height };
  }
}

const textOf = (frame: TextFrame): GuestText => ({
  mode: 'text',
  columns: frame.columns,
  rows: frame.rows,
  lines: textLines(frame),
  attributes: toBase64(frame.cells.filter((_, index) => index % 2 === 1)),
  blinks: frame.blinks,
  ...(frame.cursor ? { cursor: frame.cursor } : {}),
  palette: [...frame.palette],
});
