// A text screen as text: a line for each row, which can be selected, copied and read aloud. Rows that have not changed are left
// alone, so that a selection in them stays.
import type { GuestText } from '../../src/shared/guestScreen';

/** What a character's attribute says of a run of characters. */
interface Look {
  readonly foreground: string;
  readonly background: string;
  readonly blinks: boolean;
}

/** As wide as the column that it stands in, in every monospaced font. */
const isPlain = (character: string): boolean => character >= ' ' && character <= '~';

export class TextPicture {
  private readonly rows: { readonly line: HTMLElement; content: string }[] = [];
  private readonly lines = document.createElement('div');
  private readonly cursor = document.createElement('div');
  private columns = 0;

  constructor(private readonly place: HTMLElement) {
    this.cursor.className = 'cursor';
    this.cursor.ariaHidden = 'true';
    place.append(this.lines, this.cursor);
    new ResizeObserver(() => this.fit()).observe(document.body);
    document.addEventListener('copy', copyWithoutBlanks);
  }

  set hidden(hidden: boolean) {
    if (this.place.hidden === hidden) return;
    this.place.hidden = hidden;
    this.fit();
  }

  show(screen: GuestText): void {
    this.place.style.backgroundColor = colour(screen.palette[0]);
    this.resize(screen);
    const attributes = Uint8Array.from(atob(screen.attributes), byte => byte.charCodeAt(0));
    const looks = `${screen.palette.join()} ${screen.blinks}`;
    this.rows.forEach((row, index) => {
      const start = index * screen.columns;
      const ofRow = attributes.subarray(start, start + screen.columns);
      const content = `${screen.lines[index]} ${ofRow.join()} ${looks}`;
      if (content === row.content) return;
      row.content = content;
      row.line.replaceChildren(...runs(screen, screen.lines[index], ofRow));
    });
    this.showCursor(screen);
  }

  private resize({ columns, rows }: GuestText): void {
    if (columns === this.columns && rows === this.rows.length) return;
    this.columns = columns;
    while (this.rows.length > rows) this.rows.pop()?.line.remove();
    while (this.rows.length < rows) {
      const line = document.createElement('div');
      line.className = 'row';
      this.lines.append(line);
      this.rows.push({ line, content: '' });
    }
    this.fit();
  }

  /** As large as the window lets it be. */
  private fit(): void {
    const { place } = this;
    if (place.hidden || this.columns === 0) return;
    place.style.fontSize = '16px';
    place.style.width = `${this.columns}ch`;
    const { width, height } = place.getBoundingClientRect();
    const room = place.parentElement?.getBoundingClientRect();
    if (!room || width === 0) return;
    const scale = Math.min(room.width / width, room.height / height);
    place.style.fontSize = `${Math.max(6, Math.floor(16 * scale * 10) / 10)}px`;
  }

  private showCursor({ cursor, lines, attributes, columns, palette }: GuestText): void {
    const { style } = this.cursor;
    this.cursor.hidden = cursor === undefined || cursor.row >= lines.length;
    if (!cursor) return;
    style.left = `${cursor.column}ch`;
    style.top = `calc(var(--row) * ${cursor.row + cursor.top})`;
    style.height = `calc(var(--row) * ${Math.max(0, cursor.bottom - cursor.top)})`;
    const attribute = atob(attributes).charCodeAt(cursor.row * columns + cursor.column);
    style.backgroundColor = colour(palette[attribute & 0x0f]);
  }
}

/** A row's characters, those of one look together. */
function runs(screen: GuestText, line: string, attributes: Uint8Array): HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let start = 0; start < attributes.length;) {
    let end = start + 1;
    while (end < attributes.length && attributes[end] === attributes[start]) end++;
    found.push(run(line.slice(start, end), lookOf(screen, attributes[start])));
    start = end;
  }
  return found;
}

function lookOf({ palette, blinks }: GuestText, attribute: number): Look {
  const background = (attribute >> 4) & (blinks ? 0x07 : 0x0f);
  return {
    foreground: colour(palette[attribute & 0x0f]),
    background: colour(palette[background]),
    blinks: blinks && (attribute & 0x80) !== 0,
  };
}

function run(text: string, { foreground, background, blinks }: Look): HTMLElement {
  const span = document.createElement('span');
  span.style.color = foreground;
  span.style.backgroundColor = background;
  if (blinks) span.className = 'blinks';
  let plain = '';
  for (const character of text) {
    if (isPlain(character)) plain += character;
    else {
      span.append(plain, cell(character));
      plain = '';
    }
  }
  span.append(plain);
  return span;
}

/** Another font's character may be wider or narrower: it is kept to its column. */
function cell(character: string): HTMLElement {
  const box = document.createElement('span');
  box.className = 'cell';
  box.textContent = character;
  return box;
}

const colour = (rgb: number): string => `#${rgb.toString(16).padStart(6, '0')}`;

/** Rows are as wide as the screen, but nobody wants the blanks at their ends. */
function copyWithoutBlanks(event: ClipboardEvent): void {
  const selected = document.getSelection()?.toString() ?? '';
  if (selected === '' || !event.clipboardData) return;
  const lines = selected.split('\n').map(line => line.trimEnd());
  event.clipboardData.setData('text/plain', lines.join('\n'));
  event.preventDefault();
}
