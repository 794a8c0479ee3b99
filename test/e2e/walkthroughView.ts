// A walkthrough as a user sees it: steps, one of which is open, with buttons.
import type { Page } from 'playwright-core';

export class WalkthroughView {
  constructor(private readonly page: Page) {}

  async isOpen(): Promise<boolean> {
    return this.page.locator('.gettingStartedContainer .getting-started-step').first().isVisible();
  }

  /** A button of a step, which is opened for it. */
  async press(step: string, button: string): Promise<void> {
    const place = this.page.locator('.getting-started-step', { has: this.page.getByText(step, { exact: true }) });
    if (!(await place.getByText(button, { exact: true }).isVisible()))
      await place.getByText(step, { exact: true }).click();
    await place.getByText(button, { exact: true }).click();
  }
}
