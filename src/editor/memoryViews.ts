// The memory views: a tab for each expression.
import type * as vscode from 'vscode';
import type { GuestInFront } from './guestInFront';
import { MemoryPanel } from './memoryPanel';

/** Where the guest's stack ends, in every mode. */
const usual = 'ss.base + esp';

/** What VS Code hands to a command in the context menu of the Variables view. */
interface InVariablesMenu {
  readonly variable: { readonly evaluateName?: string; readonly memoryReference?: string };
}

export class MemoryViews implements vscode.Disposable {
  private readonly panels = new Set<MemoryPanel>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly guests: GuestInFront,
  ) {}

  dispose(): void {
    for (const panel of this.panels) panel.dispose();
  }

  /** From where an expression leads, or a variable. */
  show(place: string | InVariablesMenu | undefined): void {
    const expression = expressionOf(place) ?? usual;
    const known = [...this.panels].find(panel => panel.expression === expression);
    if (known) return known.reveal();
    const panel: MemoryPanel = new MemoryPanel(this.extensionUri, this.guests, expression, () =>
      this.panels.delete(panel),
    );
    this.panels.add(panel);
  }
}

function expressionOf(place: string | InVariablesMenu | undefined): string | undefined {
  if (place === undefined || typeof place === 'string') return place;
  return place.variable.evaluateName ?? place.variable.memoryReference;
}
