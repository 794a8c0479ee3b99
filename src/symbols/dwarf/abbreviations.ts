// Abbreviations: of which shape the entries of debug information are (DWARF 5 §7.5.3).

import { Form } from './forms';
import { type Budget, type DebugSections, readerAt } from './sections';

export interface AttributeShape {
  readonly attribute: number;
  readonly form: number;
  /** the value, where the form keeps it here */
  readonly implicit: number;
}

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeShape[];
}

/** Tables by their place, each read once. */
export class Abbreviations {
  private readonly tables = new Map<number, ReadonlyMap<number, Abbreviation>>();

  constructor(
    private readonly sections: DebugSections,
    private readonly budget: Budget,
  ) {}

  /** @throws DwarfError */
  at(offset: number): ReadonlyMap<number, Abbreviation> {
    const known = this.tables.get(offset);
    if (known) return known;
    const table = this.read(offset);
    this.tables.set(offset, table);
    return table;
  }

  private read(offset: number): ReadonlyMap<number, Abbreviation> {
    const reader = readerAt(this.sections, '.debug_abbrev', offset);
    const table = new Map<number, Abbreviation>();
    for (let code = reader.uleb(); code !== 0; code = reader.uleb()) {
      const tag = reader.uleb();
      const hasChildren = reader.unsigned(1) !== 0;
      const attributes: AttributeShape[] = [];
      for (;;) {
        this.budget.take();
        const [attribute, form] = [reader.uleb(), reader.uleb()];
        const implicit = form === Form.implicitConstant ? reader.sleb() : 0;
        if (attribute === 0 && form === 0) break;
        attributes.push({ attribute, form, implicit });
      }
      table.set(code, { tag, hasChildren, attributes });
    }
    return table;
  }
}
