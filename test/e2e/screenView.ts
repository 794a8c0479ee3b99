// The guest's screen as a user sees it: a webview in an editor group of its own.
import type { Locator, Page } from 'playwright-core';
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

  /** The colours of points on the screen of pixels that is to be seen, each as rrggbb. */
  async pixels(...points: [x: number, y: number][]): Promise<string[]> {
    const canvas = this.frame.locator('#pixels canvas:visible');
    return canvas.evaluate(
      (element, points) =>
        points.map(([x, y]) => {
          const colour = (element as HTMLCanvasElement).getContext('2d')?.getImageData(x, y, 1, 1).data ?? [];
          return [...colour.slice(0, 3)].map(part => part.toString(16).padStart(2, '0')).join('');
        }),
      points,
      { timeout: 1000 },
    );
  }

  /** The words that stand in place of a picture. */
  async words(): Promise<string> {
    return (await this.frame.locator('#words:visible').allTextContents()).join('');
  }

  async isVisible(): Promise<boolean> {
    return this.frame.locator('#screen').isVisible();
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
    const group = this.page.locator('.editor-group-container', { has: this.tab });
    return group.locator('.tab .label-name').allInnerTexts();
  }

  async isOpen(): Promise<boolean> {
    return this.tab.isVisible();
  }

  async closeTab(): Promise<void> {
    await this.tab.locator('.tab-actions .action-label').click();
  }

  private get tab(): Locator {
    return this.page.locator('.tab[aria-label^="Guest Screen"]');
  }
}
