// The ring view as a user sees it: a webview in the Run and Debug side bar.
import type { Page } from 'playwright-core';
import { WebviewPage } from './webviewPage';

export class RingView extends WebviewPage {
  constructor(page: Page) {
    super(page, 'sideBar');
  }

  /** What is said, by its name; of several with one name, the first. */
  async fact(name: string): Promise<string> {
    return this.factNamed(name).innerText();
  }

  /** Opens what it leads to. */
  async follow(name: string): Promise<void> {
    await this.factNamed(name).getByRole('button').first().click();
  }

  /** The same by the keyboard. */
  async followByKey(name: string): Promise<void> {
    await this.factNamed(name).getByRole('button').first().press('Enter');
  }

  /** Where the marks and the arrow stand, as who points at them reads it. */
  async drawn(): Promise<string[]> {
    const titles = this.frame.locator('svg :is(.mark, .crossing, .gate, .stack) > title');
    return titles.allTextContents();
  }

  private factNamed(name: string) {
    return this.frame.locator(`dt:text-is("${name}") + dd`).first();
  }
}
