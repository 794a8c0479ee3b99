// The guest's screen as a user sees it: a webview in an editor group of its own.
import type { FrameLocator, Page } from 'playwright-core';

export class ScreenView {
  private readonly frame: FrameLocator;

  constructor(private readonly page: Page) {
    this.frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  }

  /** The text screen's lines, without the blanks at their ends and the empty lines at the end. */
  async text(): Promise<string> {
    const lines = await this.frame.locator('.row').allTextContents();
    return lines
      .map(line => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** What it says below the picture. */
  async state(): Promise<string> {
    return (await this.frame.locator('#state').textContent()) ?? '';
  }

  async click(): Promise<void> {
    await this.frame.locator('#screen').click();
  }

  /** The titles of the tabs in its editor group. */
  async tabsBeside(): Promise<string[]> {
    const group = this.page.locator('.editor-group-container', {
      has: this.page.locator('.tab[aria-label^="Guest Screen"]'),
    });
    return group.locator('.tab .label-name').allInnerTexts();
  }
}
