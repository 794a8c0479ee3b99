// The guest's screen as a user sees it: a webview in an editor group of its own.
import axe, { type AxeResults } from 'axe-core';
import type { FrameLocator, Page } from 'playwright-core';

/** The names of axe's rules that are in WCAG 2.2, levels A and AA. */
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

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

  /** One of the buttons below the picture. */
  async press(button: string): Promise<void> {
    await this.frame.getByRole('button', { name: button, exact: true }).click();
  }

  /** The page's kind of theme is one of its classes. */
  async hasClass(name: string): Promise<boolean> {
    return this.frame.locator(`body.${name}`).isVisible();
  }

  /** What axe finds against WCAG 2.2 AA that keeps some people from using it, the guest's own colours left out. */
  async barriers(): Promise<string[]> {
    const body = await this.frame.locator('body').elementHandle();
    const frame = await body?.ownerFrame();
    if (!frame) throw new Error('the screen is not there');
    await frame.evaluate(axe.source);
    const { violations } = await frame.evaluate<AxeResults>(
      `axe.run({ exclude: ['#text'] }, { runOnly: ${JSON.stringify(wcag)} })`,
    );
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`,
    );
  }

  /** The titles of the tabs in its editor group. */
  async tabsBeside(): Promise<string[]> {
    const group = this.page.locator('.editor-group-container', {
      has: this.page.locator('.tab[aria-label^="Guest Screen"]'),
    });
    return group.locator('.tab .label-name').allInnerTexts();
  }
}
