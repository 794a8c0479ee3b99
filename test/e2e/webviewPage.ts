// A page of ours as a user sees it: in a webview, in an editor tab or in a side bar.
import axe, { type AxeResults } from 'axe-core';
import type { FrameLocator, Page } from 'playwright-core';

/** The names of axe's rules that are in WCAG 2.2, levels A and AA. */
const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** VS Code's frames for them. */
const frames = {
  editor: 'iframe.webview:not([src*="purpose=webviewView"])',
  sideBar: 'iframe.webview[src*="purpose=webviewView"]',
};

export class WebviewPage {
  protected readonly frame: FrameLocator;

  /** The one that is to be seen there. */
  constructor(
    protected readonly page: Page,
    place: keyof typeof frames,
  ) {
    this.frame = page.frameLocator(frames[place]).frameLocator('#active-frame');
  }

  /** What it says of itself. */
  async state(): Promise<string> {
    return (await this.frame.locator('#state').textContent()) ?? '';
  }

  /** Has VS Code given it this theme's colours? It names the theme in the page along with them. */
  async isInTheme(title: string): Promise<boolean> {
    return this.frame.locator(`body[data-vscode-theme-name="${title}"]`).isVisible();
  }

  /** What axe finds against WCAG 2.2 AA that keeps some people from using it, outside of `except`. */
  async barriers(...except: string[]): Promise<string[]> {
    const body = await this.frame.locator('body').elementHandle();
    const frame = await body?.ownerFrame();
    if (!frame) throw new Error('the page is not there');
    await frame.evaluate(axe.source);
    const { violations } = await frame.evaluate<AxeResults>(
      `axe.run({ exclude: ${JSON.stringify(except)} }, { runOnly: ${JSON.stringify(wcag)} })`,
    );
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' ')}`,
    );
  }
}
