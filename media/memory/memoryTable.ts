// Rows of memory as a table: addresses, bytes, characters. One byte has the keyboard: arrows go to another, also out of the table at its
// upper and lower edge, which scrolls; two digits write it.
import type { MemoryRow, MemoryTexts } from '../../src/shared/memoryMessages';
import { filled } from '../page/page';

export interface MemoryActions {
  /** so many rows on, or back */
  scroll(rows: number): void;
  write(address: number, byte: number): void;
}

const digits = (value: number, count: number): string => value.toString(16).padStart(count, '0');
const character = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

/** In pixels. */
const wheelRow = 40;

export class MemoryTable {
  canEdit = false;
  private rows: readonly MemoryRow[] = [];
  /** the byte that has the keyboard */
  private active = 0;
  /** the first of two digits that are typed */
  private typed = '';
  private wheel = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly texts: MemoryTexts,
    private readonly actions: MemoryActions,
  ) {
    place.addEventListener('keydown', event => {
      if (this.pressed(event)) event.preventDefault();
    });
    place.addEventListener('focusin', ({ target }) => this.focused(target));
    place.addEventListener('focusout', () => this.forgetTyped());
    place.addEventListener('wheel', event => {
      event.preventDefault();
      this.turned(event.deltaY);
    });
  }

  set hidden(hidden: boolean) {
    this.place.hidden = hidden;
  }

  scrollBy(rows: number): void {
    this.actions.scroll(rows);
  }

  /** Bytes in a row that can be read; the first one may be none. */
  private get columns(): number {
    return this.rows.find(({ bytes }) => bytes)?.bytes?.length ?? 1;
  }

  /** Returns how many bytes are marked as changed; the one at `address` is what it is about. */
  show(rows: readonly MemoryRow[], address: number): number {
    const hadFocus = this.place.contains(document.activeElement);
    this.rows = rows;
    this.typed = '';
    const columns = Math.max(0, ...rows.map(({ bytes }) => bytes?.length ?? 0));
    this.place.replaceChildren(this.heading(columns), ...rows.map(row => this.row(row, columns, address)));
    this.makeActive(this.cell(this.active) ? this.active : this.firstReadable(address), hadFocus);
    return rows.reduce((sum, row) => sum + changedIn(row), 0);
  }

  private firstReadable(address: number): number {
    const isThere = this.rows.some(
      row => row.bytes && address >= row.address && address < row.address + row.bytes.length,
    );
    return isThere ? address : (this.rows.find(({ bytes }) => bytes)?.address ?? 0);
  }

  private heading(columns: number): HTMLElement {
    const row = document.createElement('tr');
    const empty = document.createElement('td');
    row.append(empty);
    for (let column = 0; column < columns; column++) row.append(headingCell('col', `+${column.toString(16)}`));
    if (columns > 0) row.append(document.createElement('td'));
    return row;
  }

  private row({ address, bytes, before }: MemoryRow, columns: number, place: number): HTMLElement {
    const row = document.createElement('tr');
    row.append(headingCell('row', digits(address, 8)));
    if (bytes) {
      row.append(...bytes.map((byte, index) => this.byte(address + index, byte, before?.[index], place)));
      row.append(textCell('characters', bytes.map(character).join('')));
    } else {
      const words = textCell('unreadable', this.texts.unreadable);
      words.colSpan = columns + 1;
      row.append(words);
    }
    return row;
  }

  private byte(address: number, byte: number, before: number | undefined, place: number): HTMLElement {
    const text = digits(byte, 2);
    const cell = textCell('byte', text);
    cell.tabIndex = -1;
    cell.dataset.address = String(address);
    if (address === place) cell.classList.add('place');
    if (before !== undefined && before !== byte) {
      cell.classList.add('changed');
      cell.title = filled(this.texts.was, text, digits(before, 2));
      cell.ariaLabel = cell.title;
    }
    return cell;
  }

  private cell(address: number): HTMLElement | null {
    return this.place.querySelector(`[data-address="${address}"]`);
  }

  private makeActive(address: number, takesFocus: boolean): void {
    const cell = this.cell(address);
    if (!cell) return;
    const last = this.cell(this.active);
    if (last) last.tabIndex = -1;
    this.active = address;
    cell.tabIndex = 0;
    if (takesFocus) cell.focus();
  }

  private focused(target: EventTarget | null): void {
    const address = target instanceof HTMLElement ? target.dataset.address : undefined;
    if (address !== undefined) this.makeActive(Number(address), false);
  }

  /** True if the key means something here. */
  private pressed({ key, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
    if (ctrlKey || altKey || metaKey) return false;
    const { columns } = this;
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      PageUp: -columns * (this.rows.length - 1),
      PageDown: columns * (this.rows.length - 1),
      Home: -(this.active % columns),
      End: columns - 1 - (this.active % columns),
    };
    const step = steps[key];
    if (step !== undefined) this.go(this.active + step);
    else if (key === 'Escape' && this.typed !== '') this.forgetTyped();
    else if (/^[0-9a-f]$/i.test(key) && this.canEdit) this.type(key);
    else return false;
    return true;
  }

  private go(address: number): void {
    const { columns } = this;
    this.forgetTyped();
    const [{ address: first }] = this.rows;
    const end = first + this.rows.length * columns;
    if (address < first) this.scrollBy(Math.floor((address - first) / columns));
    else if (address >= end) this.scrollBy(Math.floor((address - end) / columns) + 1);
    if (address >= first && address < end) this.makeActive(address, true);
    else this.active = address;
  }

  private type(digit: string): void {
    const cell = this.cell(this.active);
    if (!cell) return;
    this.typed += digit;
    if (this.typed.length === 1) {
      cell.textContent = `${this.typed}_`;
      return;
    }
    this.actions.write(this.active, parseInt(this.typed, 16));
    cell.textContent = this.typed;
    this.typed = '';
    this.go(this.active + 1);
  }

  private forgetTyped(): void {
    if (this.typed === '') return;
    this.typed = '';
    const cell = this.cell(this.active);
    const row = this.rows.find(
      ({ address, bytes = [] }) => this.active >= address && this.active < address + bytes.length,
    );
    const byte = row?.bytes?.[this.active - row.address];
    if (cell && byte !== undefined) cell.textContent = digits(byte, 2);
  }

  private turned(pixels: number): void {
    this.wheel += pixels;
    const rows = Math.trunc(this.wheel / wheelRow);
    this.wheel -= rows * wheelRow;
    if (rows !== 0) this.scrollBy(rows);
  }
}

const changedIn = ({ bytes = [], before }: MemoryRow): number =>
  before ? bytes.filter((byte, index) => byte !== before[index]).length : 0;

function headingCell(scope: string, text: string): HTMLElement {
  const cell = document.createElement('th');
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

function textCell(className: string, text: string): HTMLTableCellElement {
  const cell = document.createElement('td');
  cell.className = className;
  cell.textContent = text;
  return cell;
}
