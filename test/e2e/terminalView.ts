// The terminal that is in front in the panel. Its text is what is drawn, which needs VS Code's DOM renderer (`server.ts`).
import type { Page } from 'playwright-core';

export class TerminalView {
  constructor(private readonly page: Page) {}

  /** Its lines, without the blanks at their ends and the empty lines at the end. */
  async text(): Promise<string> {
    const lines = await this.page.locator('.xterm-rows:visible > div').allTextContents();
    return lines
      .map(line => line.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  async isThere(): Promise<boolean> {
    return this.page.locator('.xterm-rows').first().isVisible();
  }

  async focus(): Promise<void> {
    await this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
  }
}
