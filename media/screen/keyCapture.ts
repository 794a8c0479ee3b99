// The keyboard for the guest: from a click on the screen (or Enter) until Ctrl+Alt+G, or until another part of the window gets the
// keyboard, every key goes there, except those that step the debugger.
import { scanCodes } from '../../src/shared/scanCodes';

/** Stay VS Code's: continue, step over, step into, and with Shift stop, and step out. */
const stepping = ['F5', 'F10', 'F11'];

export class KeyCapture {
  private isCaptured = false;
  private readonly held = new Set<string>();
  private isAllowed = true;

  constructor(
    private readonly place: HTMLElement,
    private readonly send: (codes: number[]) => void,
    private readonly changed: () => void,
  ) {
    place.addEventListener('click', () => {
      if (document.getSelection()?.isCollapsed !== false) this.capture();
    });
    place.addEventListener('keydown', event => this.pressed(event));
    place.addEventListener('keyup', event => this.released(event));
    place.addEventListener('blur', () => this.release());
  }

  get captured(): boolean {
    return this.isCaptured;
  }

  /** Is there a guest that takes keys? */
  set allowed(allowed: boolean) {
    this.isAllowed = allowed;
    if (!allowed) this.release();
  }

  private capture(): void {
    if (!this.isAllowed) return;
    this.place.focus();
    this.isCaptured = true;
    this.changed();
  }

  private release(): void {
    if (!this.isCaptured) return;
    this.isCaptured = false;
    this.send([...this.held].flatMap(code => scanCodes(code, false)));
    this.held.clear();
    this.changed();
  }

  private pressed(event: KeyboardEvent): void {
    if (!this.isCaptured) {
      if (event.code === 'Enter' && !event.repeat) this.take(event, () => this.capture());
    } else if (event.code === 'KeyG' && event.ctrlKey && event.altKey) this.take(event, () => this.release());
    else if (!isStepping(event)) this.take(event, () => this.press(event.code));
  }

  private released(event: KeyboardEvent): void {
    if (!this.held.delete(event.code)) return;
    this.take(event, () => this.send([...scanCodes(event.code, false)]));
  }

  private press(code: string): void {
    const codes = [...scanCodes(code, true)];
    if (codes.length === 0) return;
    this.held.add(code);
    this.send(codes);
  }

  /** Neither the browser nor VS Code sees the key. */
  private take(event: KeyboardEvent, act: () => void): void {
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}

const isStepping = ({ code, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean =>
  stepping.includes(code) && !ctrlKey && !altKey && !metaKey;
