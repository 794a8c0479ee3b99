// The workbench as a user sees it: files, commands and the editor. Selectors are VS Code's own class names.
import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually';

const editor = '.editor-instance';

export class Workbench {
  private readonly input: Locator;

  constructor(readonly page: Page) {
    this.input = page.locator('.quick-input-widget .quick-input-box input');
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.isLoaded();
  }

  /** Loads the whole window again, as the command of that name does, with the Explorer in front. */
  async reload(): Promise<void> {
    await this.page.keyboard.press('Control+Shift+E');
    await this.isLoaded();
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window', { asks: true });
    await loaded;
    await this.isLoaded();
  }

  private async isLoaded(): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
  }

  async openFile(name: string): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).dblclick();
    await this.page.locator(`.tab[data-resource-name="${name}"]`).first().waitFor();
    await this.page.locator(`${editor} .view-line`).first().waitFor();
  }

  /** Brings the tab of a file that is open to the front. */
  async openTabOf(name: string): Promise<void> {
    await this.page.locator(`.tab[data-resource-name="${name}"]`).first().click();
    await this.focusEditor();
  }

  /** Runs a command by its full title, category included. `asks`: it opens another choice, which stays open. */
  async command(title: string, { asks = false } = {}): Promise<void> {
    // a page that gets the focus at this moment closes the box again
    await eventually('the box for commands', async () => {
      await this.page.keyboard.press('F1');
      await this.input.fill(`>${title}`, { timeout: 3000 });
      return true;
    });
    await this.choose(title);
    if (!asks) await this.input.waitFor({ state: 'hidden' });
  }

  /** Takes the entry of the open quick pick whose label is `label`. */
  async choose(label: string): Promise<void> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await rows
      .filter({ has: this.page.locator('.label-name', { hasText: new RegExp(`^\\s*${escaped(label)}\\s*$`) }) })
      .first()
      .click();
  }

  /** The text of an item of ours in the status bar; undefined if it is not there. */
  async statusItem(name: string): Promise<string | undefined> {
    const [text] = await this.statusItemNamed(name).allInnerTexts();
    return text?.trim();
  }

  async clickStatusItem(name: string): Promise<void> {
    await this.statusItemNamed(name).click();
  }

  private statusItemNamed(name: string): Locator {
    return this.page.locator(`.statusbar-item[id$="ringside.${name}"]:visible`);
  }

  async setTheme(title: string): Promise<void> {
    await this.command('Preferences: Color Theme', { asks: true });
    await this.choose(title);
    // till then the list shows other themes for a look
    await this.input.waitFor({ state: 'hidden' });
  }

  async language(): Promise<string> {
    return this.page.locator('[id="status.editor.mode"]').innerText();
  }

  async focusEditor(): Promise<void> {
    await this.command('View: Focus Active Editor Group');
  }

  async editorHasFocus(): Promise<boolean> {
    return this.page.evaluate(
      selector => Boolean(document.activeElement?.closest(selector)),
      `${editor} .monaco-editor`,
    );
  }

  async goToLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.input.waitFor();
    await this.input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await this.input.waitFor({ state: 'hidden' });
  }

  /** Sets a breakpoint with F9. The key does nothing until VS Code has read the debuggers' contributions: try again. */
  async addBreakpoint(line: number): Promise<void> {
    const before = await this.breakpointGlyphs();
    await this.goToLine(line);
    await this.until(
      `a breakpoint in line ${line}`,
      () => this.page.keyboard.press('F9'),
      async () => (await this.breakpointGlyphs()) > before,
    );
  }

  async startDebugging(): Promise<void> {
    const toolbar = this.page.locator('.debug-toolbar');
    await this.until(
      'the debug toolbar',
      () => this.page.keyboard.press('F5'),
      () => toolbar.isVisible(),
      // a second F5 while the first one is at work asks whether to start another session
      10_000,
    );
  }

  /** By whatever has been pressed. */
  async debuggingStarts(): Promise<void> {
    await this.page.locator('.debug-toolbar').waitFor({ timeout: 60_000 });
  }

  async stopDebugging(): Promise<void> {
    await this.page.keyboard.press('Shift+F5');
    await this.debuggingEnds();
  }

  async debuggingEnds(): Promise<void> {
    await this.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
  }

  /** What VS Code says in dialogs and notifications. */
  async messages(): Promise<string> {
    return (await this.page.locator('.monaco-dialog-box, .notification-toast').allInnerTexts()).join('\n');
  }

  /** The marked line of the editor: where the focused stack frame stands. */
  async currentLine(): Promise<{ line: number; text: string } | null> {
    return this.page.evaluate(selector => {
      const mark = document.querySelector(
        `${selector} .debug-top-stack-frame-line, ${selector} .debug-focused-stack-frame-line`,
      );
      const root = mark?.closest('.monaco-editor');
      if (!mark?.parentElement || !root) return null;
      const top = parseFloat(mark.parentElement.style.top);
      const besides = (rows: string) =>
        [...root.querySelectorAll<HTMLElement>(rows)].find(row => Math.abs(parseFloat(row.style.top) - top) < 1);
      const number = besides('.margin-view-overlays > div')?.querySelector('.line-numbers')?.textContent;
      return {
        line: Number(number),
        text: besides('.view-lines > .view-line')?.textContent?.replaceAll('\u00a0', ' ') ?? '',
      };
    }, editor);
  }

  async stoppedAt(what: string, holds: (at: { line: number; text: string }) => boolean): Promise<void> {
    await eventually(`a stop ${what}`, async () => {
      const at = await this.currentLine();
      return at && holds(at);
    });
  }

  /** How many errors or warnings the editor underlines. */
  async squiggles(): Promise<number> {
    return this.page.locator(`${editor} :is(.squiggly-error, .squiggly-warning)`).count();
  }

  /** The class that gives `word` its colour, where the editor first shows it as a token of its own. */
  async colourOf(word: string): Promise<string | null> {
    const tokens = this.page.locator(`${editor} .view-line span span`);
    return tokens
      .filter({ hasText: new RegExp(`^\\s*${escaped(word)}\\s*$`) })
      .first()
      .getAttribute('class');
  }

  /** What the editor that has the focus shows. */
  async editorText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .view-line');
    return (await lines.allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
  }

  /** The file whose tab is in front, in the part of the editor area that has the focus. */
  async openTab(): Promise<string> {
    const tab = this.page.locator('.editor-group-container.active .tab.active');
    return (await tab.getAttribute('data-resource-name')) ?? '';
  }

  private async breakpointGlyphs(): Promise<number> {
    const glyphs = this.page.locator(`${editor} .glyph-margin-widgets [class*=codicon-debug-breakpoint]`);
    return glyphs.filter({ visible: true }).count();
  }

  private async until(
    what: string,
    act: () => Promise<void>,
    done: () => Promise<boolean>,
    timeMs = 2000,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await act();
      try {
        await eventually(what, done, timeMs);
        return;
      } catch (error) {
        if (attempt === 8) throw error;
      }
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
