// The Run and Debug side of the workbench: call stack, variables, console, disassembly. Selectors are VS Code's own.
import type { Locator, Page } from 'playwright-core';
import { eventually } from './eventually';
import type { Workbench } from './workbench';

export interface Variable {
  level: number;
  name: string;
  value: string;
}

export class DebugViews {
  private readonly page: Page;

  constructor(private readonly workbench: Workbench) {
    this.page = workbench.page;
  }

  /** The rows of the Call Stack view, from the top, as a screen reader reads them. */
  async callStack(): Promise<string[]> {
    const rows = this.page.locator('.debug-call-stack .monaco-list-row');
    return rows.evaluateAll(found => found.map(row => row.getAttribute('aria-label') ?? ''));
  }

  /** Takes the row of the Call Stack view that says this. */
  async chooseInCallStack(label: string): Promise<void> {
    await this.page.locator('.debug-call-stack .monaco-list-row', { hasText: label }).click();
  }

  /** The titles of the buttons in the debug toolbar, without their keys. */
  async toolbar(): Promise<string[]> {
    const titles = await this.toolbarButtons().evaluateAll(found =>
      found.map(button => button.getAttribute('aria-label') ?? ''),
    );
    return titles.map(title => title.replace(/ \(.*\)$/, ''));
  }

  async pressInToolbar(title: string): Promise<void> {
    await this.toolbarButtons(`[aria-label^="${title}"]`).click();
  }

  private toolbarButtons(which = ''): Locator {
    return this.page.locator(`.debug-toolbar .action-label${which}:visible`);
  }

  /** The visible rows of the Variables view; a scope is a row without a value. */
  async variables(): Promise<Variable[]> {
    return this.page.locator('.debug-variables .monaco-list-row').evaluateAll(rows =>
      rows.map(row => ({
        level: Number(row.getAttribute('aria-level')),
        name: (row.querySelector('.name') ?? row).textContent?.replace(/\s*[=:]\s*$/, '').trim() ?? '',
        value: row.querySelector('.value')?.textContent ?? '',
      })),
    );
  }

  /** Opens (or closes) the scope or variable whose name begins with `name`, unless it is open (closed). */
  async expand(name: string, open = true): Promise<void> {
    const rows = this.page.locator('.debug-variables .monaco-list-row');
    const row = rows.filter({ hasText: new RegExp(`^\\s*${name}`) }).first();
    await eventually(`${name} to ${open ? 'open' : 'close'}`, async () => {
      if ((await row.getAttribute('aria-expanded')) === String(open)) return true;
      await row.click();
      return false;
    });
  }

  /** Makes room for the other sections of the side bar. */
  async closeSection(title: string): Promise<void> {
    const header = this.page.locator('.debug-viewlet .pane-header', { hasText: title }).first();
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click();
  }

  async console(): Promise<string[]> {
    const rows = this.page.locator('.repl .monaco-list-row');
    return rows.evaluateAll(found =>
      found.map(row => (row.querySelector('.value, .expression') ?? row).textContent?.trimEnd() ?? ''),
    );
  }

  /** Folds one of the views beside the editor, so that the others have room. */
  async close(view: string): Promise<void> {
    await this.page.locator('.pane-header.expanded', { hasText: view }).click();
  }

  /** Ticks (or unticks) a filter of the Breakpoints view. */
  async tick(filter: string): Promise<void> {
    const row = this.page.locator('.debug-breakpoints .monaco-list-row', { hasText: filter });
    await row.locator('[role=checkbox], input').first().click();
  }

  /** What the editor says below the line of a stop by a filter. */
  async stopMessage(): Promise<string> {
    return this.page.locator('.exception-widget').first().innerText();
  }

  /** Types an expression into the Debug Console. */
  async evaluate(expression: string): Promise<void> {
    await this.page.locator('.repl-input-wrapper .monaco-editor').click();
    await this.page.keyboard.type(expression);
    await this.page.keyboard.press('Enter');
  }

  async openDisassembly(): Promise<void> {
    await this.workbench.focusEditor();
    await this.workbench.command('Open Disassembly View');
    await this.page.locator('.disassembly-view .monaco-list-row').first().waitFor();
  }

  async disassembly(): Promise<string[]> {
    const rows = this.page.locator('.disassembly-view .monaco-list-row');
    return rows.evaluateAll(found => found.map(row => row.textContent ?? ''));
  }

  /** The row of the instruction that runs next. */
  async currentInstruction(): Promise<string> {
    const rows = this.page.locator('.disassembly-view .monaco-list-row');
    const current = rows.filter({ has: this.page.locator('.codicon-debug-stackframe') });
    return (await current.first().textContent()) ?? '';
  }
}
