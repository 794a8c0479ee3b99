// The guest's screen as a user sees it: a webview in an editor group of its own.
import type { Page } from 'playwright-core';
import { WebviewPage } from './webviewPage';

export class ScreenView extends WebviewPage {
  constructor(page: Page) {
    super(page, 'editor');
  }

  /** The text screen's lines, without the blanks at their ends and the empty lines at the end. */
  async text(): Promise<string> {
    const lines = await this.frame.locator('.row').allTextContents();
    return lines
      .map(line => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  async click(): Promise<void> {
    await this.frame.locator('#screen').click();
  }

  /** One of the buttons below the picture. */
  async press(button: string): Promise<void> {
    await this.frame.getByRole('button', { name: button, exact: true }).click();
  }

  /** As everywhere; the guest's own colours are left out. */
  override async barriers(): Promise<string[]> {
    return super.barriers('#text');
  }

  /** The titles of the tabs in its editor group. */
  async tabsBeside(): Promise<string[]> {
    const group = this.page.locator('.editor-group-container', {
      has: this.page.locator('.tab[aria-label^="Guest Screen"]'),
    });
    return group.locator('.tab .label-name').allInnerTexts();
  }
}
