// A memory view as a user sees it: a webview in an editor tab.
import type { Page } from 'playwright-core';
import { WebviewPage } from './webviewPage';

export class MemoryView extends WebviewPage {
  constructor(page: Page) {
    super(page, 'editor');
  }

  /** The rows from the top, each with what follows its address: the bytes and the characters, or what is said instead. */
  async rows(): Promise<{ address: number; cells: string[] }[]> {
    const rows = this.frame.locator('#memory tr:has(th[scope=row])');
    const texts = await rows.evaluateAll(found =>
      found.map(row => [...row.children].map(cell => cell.textContent ?? '')),
    );
    return texts.map(([address, ...cells]) => ({ address: parseInt(address, 16), cells }));
  }

  /** The first of the characters. */
  async text(length: number): Promise<string> {
    const rows = await this.rows();
    return rows
      .map(({ cells }) => cells.at(-1))
      .join('')
      .slice(0, length);
  }

  async byteAt(address: number): Promise<string | null> {
    return this.frame.locator(`[data-address="${address}"]`).textContent();
  }

  /** What is marked as changed, as it is read aloud. */
  async changed(): Promise<string[]> {
    const cells = this.frame.locator('.changed');
    return cells.evaluateAll(found => found.map(cell => cell.ariaLabel ?? ''));
  }

  async goTo(expression: string): Promise<void> {
    const place = this.frame.locator('#expression');
    await place.fill(expression);
    await place.press('Enter');
  }

  async problem(): Promise<string> {
    return (await this.frame.locator('#problem').textContent()) ?? '';
  }

  /** Clicks the byte at `address`, which then has the keyboard. */
  async choose(address: number): Promise<void> {
    await this.frame.locator(`[data-address="${address}"]`).click();
  }

  /** The address of the byte that has the keyboard. */
  async chosen(): Promise<number> {
    return Number(await this.frame.locator('.byte:focus').getAttribute('data-address'));
  }
}
