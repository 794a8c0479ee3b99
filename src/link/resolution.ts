// Which definition each name means (System V ABI, "Symbol Table"): a strong one before common space before a weak one; of
// common space the largest. Local symbols mean themselves.
import { linkMessages, type LinkProblem } from './linkProblems';
import type { ObjectFile, ObjectSection, ObjectSymbol } from './object';

export interface Definition {
  readonly symbol: ObjectSymbol;
  readonly object: ObjectFile;
}

export interface Resolution {
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Sections of groups that are there already. */
  readonly discarded: ReadonlySet<ObjectSection>;
  readonly problems: readonly LinkProblem[];
}

export function resolveSymbols(objects: readonly ObjectFile[]): Resolution {
  const discarded = duplicateGroups(objects);
  const definitions = new Map<string, Definition>();
  const problems: LinkProblem[] = [];
  for (const object of objects) {
    for (const symbol of object.symbols) {
      const { place } = symbol;
      if (symbol.binding === 'local' || place.kind === 'undefined') continue;
      if (place.kind === 'section' && discarded.has(place.section)) continue;
      const known = definitions.get(symbol.name);
      const candidate = { symbol, object };
      if (known !== undefined && strength(known.symbol) === 3 && strength(symbol) === 3) {
        problems.push(definedTwice(candidate, known));
      } else definitions.set(symbol.name, known === undefined ? candidate : stronger(known, candidate));
    }
  }
  return { definitions, discarded, problems };
}

/** Of groups with one signature the first is kept; so it is with the older sections `.gnu.linkonce`, by their names. */
function duplicateGroups(objects: readonly ObjectFile[]): ReadonlySet<ObjectSection> {
  const signatures = new Set<string>();
  const discarded = new Set<ObjectSection>();
  for (const { groups, sections } of objects) {
    const onces = sections.filter(({ name }) => name.startsWith('.gnu.linkonce.'));
    const all = [...groups, ...onces.map(section => ({ signature: section.name, sections: [section] }))];
    for (const { signature, sections: members } of all) {
      if (signatures.has(signature)) for (const section of members) discarded.add(section);
      signatures.add(signature);
    }
  }
  return discarded;
}

function strength({ place, binding }: ObjectSymbol): 1 | 2 | 3 {
  if (place.kind === 'common') return 2;
  return binding === 'weak' ? 1 : 3;
}

function stronger(known: Definition, candidate: Definition): Definition {
  const difference = strength(candidate.symbol) - strength(known.symbol);
  if (difference !== 0) return difference > 0 ? candidate : known;
  return strength(known.symbol) === 2 ? largerCommon(known, candidate) : known;
}

/** The size of the larger and the alignment of the stricter. */
function largerCommon(known: Definition, { symbol }: Definition): Definition {
  const [a, b] = [known.symbol.place, symbol.place];
  if (a.kind !== 'common' || b.kind !== 'common') return known;
  const sizeBytes = Math.max(known.symbol.sizeBytes, symbol.sizeBytes);
  const place = { kind: 'common', align: Math.max(a.align, b.align) } as const;
  return { object: known.object, symbol: { ...known.symbol, sizeBytes, place } };
}

function definedTwice({ symbol, object }: Definition, known: Definition): LinkProblem {
  const { place } = symbol;
  return {
    message: linkMessages.definedTwice(symbol.name, known.object.name),
    object,
    place: place.kind === 'section' ? place : undefined,
  };
}
