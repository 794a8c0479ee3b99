// The memory view: asks for as many rows as fit, shows what comes, and says what the guest does. Runs in a webview, which VS Code throws
// away while it is hidden.
import type {
  FromMemoryView,
  MemoryRow,
  MemoryState,
  MemoryTexts,
  ToMemoryView,
} from '../../src/shared/memoryMessages';
import { element, filled, textsOfPage } from '../page/page';
import { MemoryTable } from './memoryTable';

declare function acquireVsCodeApi(): { postMessage(message: FromMemoryView): void };

const editor = acquireVsCodeApi();
const texts = textsOfPage<MemoryTexts>();
const expression = element('expression') as HTMLInputElement;
const problem = element('problem');
const rowsPlace = element('rows');
const table = new MemoryTable(element('memory'), texts, {
  scroll: rows => editor.postMessage({ kind: 'scroll', rows }),
  write: (address, byte) => editor.postMessage({ kind: 'write', address, byte }),
});
let size = { rows: 0, columns: 0 };
let state: MemoryState = 'none';
let changed = 0;

/** Of the widest rows that fit. */
const columnsFor = (characters: number): number => (characters >= 76 ? 16 : characters >= 44 ? 8 : 4);

function measure(): void {
  const cell = getComputedStyle(rowsPlace);
  const probe = document.createElement('span');
  probe.textContent = '0'.repeat(10);
  rowsPlace.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  // one more is the heading
  const rows = Math.max(1, Math.floor(rowsPlace.clientHeight / parseFloat(cell.lineHeight)) - 1);
  const columns = columnsFor((rowsPlace.clientWidth / width) * 10);
  if (rows === size.rows && columns === size.columns) return;
  editor.postMessage({ kind: 'window', rows, columns, isFirst: size.rows === 0 });
  size = { rows, columns };
}

function show(address: number, rows: readonly MemoryRow[]): void {
  element('address').textContent = `= 0x${address.toString(16).padStart(8, '0')}`;
  problem.textContent = '';
  table.hidden = false;
  changed = table.show(rows, address);
  sayState();
}

function sayState(): void {
  document.body.classList.toggle('past', state !== 'stopped');
  table.canEdit = state === 'stopped';
  element('edit').textContent = state === 'stopped' ? texts.edit : '';
  element('state').textContent = stateText();
}

function stateText(): string {
  switch (state) {
    case 'none':
      return texts.noGuest;
    case 'running':
      return texts.running;
    case 'ended':
      return texts.ended;
    case 'stopped':
      return changed === 0 ? texts.unchanged : filled(texts.changed, changed);
  }
}

addEventListener('message', ({ data }: MessageEvent<ToMemoryView>) => {
  switch (data.kind) {
    case 'expression':
      expression.value = data.expression;
      return;
    case 'contents':
      return show(data.address, data.rows);
    case 'problem':
      problem.textContent = data.problem;
      if (data.isNowhere) table.hidden = true;
      return;
    case 'state':
      state = data.state;
      sayState();
  }
});

element('place').addEventListener('submit', event => {
  event.preventDefault();
  editor.postMessage({ kind: 'expression', expression: expression.value });
});
element('earlier').addEventListener('click', () => table.scrollBy(-size.rows + 1));
element('later').addEventListener('click', () => table.scrollBy(size.rows - 1));
new ResizeObserver(measure).observe(rowsPlace);
