// The rings drawn: 0 in the middle, the processor's place in them as marks, and the last crossing as an arrow from ring to ring with its
// gate, and the stacks at its ends. What leads anywhere does so by a click; the words below it do so by the keyboard too.
import type { RingTarget } from '../../src/shared/ringMessages';
import type { Crossing, Fact, StandingGuest } from '../../src/shared/where';
import { targetOf } from './target';

export const realSymbol = '●';
export const believedSymbol = '○';
export const trappedSymbol = '□';

const centre = 160;
/** Of each ring, from 0: where it ends, and where marks stand. */
const outerRadius = [42, 78, 114, 150];
const middleRadius = [21, 60, 96, 132];
const markRadius = 9;
const gateSize = { width: 34, height: 16 };
const stackSize = { width: 14, height: 18 };

type Open = (target: RingTarget) => void;
type Attributes = Readonly<Record<string, string | number>>;
interface Point {
  readonly x: number;
  readonly y: number;
}

export function ringPicture(where: StandingGuest, label: string, open: Open): SVGElement {
  const { rings, crossing } = where;
  const { real, believed, trapped } = rings;
  const parts = [
    arrowHead(),
    ...[3, 2, 1, 0].map(ring => ringDrawn(ring, ring === real.ring)),
    ...(crossing ? crossingDrawn(crossing, open) : []),
    mark(at(real.ring, -1), real, { class: 'real', symbol: realSymbol }, open),
    mark(at(believed.ring, 1), believed, { class: 'believed', symbol: believedSymbol }, open),
    ...(trapped ? [mark(at(trapped.ring, -1), trapped, { class: 'trapped', symbol: trappedSymbol }, open)] : []),
  ];
  return drawn('svg', { viewBox: '0 0 320 320', role: 'img', 'aria-label': label }, ...parts);
}

/** In the middle of a ring, left of the centre or right of it. */
const at = (ring: number, side: number): Point => ({ x: centre + side * middleRadius[ring], y: centre });
/** Above the centre. */
const above = (ring: number): Point => ({ x: centre, y: centre - middleRadius[ring] });

function ringDrawn(ring: number, isReal: boolean): SVGElement {
  const circle = drawn('circle', {
    cx: centre,
    cy: centre,
    r: outerRadius[ring],
    class: isReal ? 'ring here' : 'ring',
  });
  const text = drawn('text', { x: centre, y: centre + middleRadius[ring] + 5, class: 'number' });
  text.textContent = String(ring);
  return drawn('g', {}, circle, text);
}

function mark({ x, y }: Point, fact: Fact, look: { class: string; symbol: string }, open: Open): SVGElement {
  const shape =
    look.symbol === trappedSymbol
      ? drawn('rect', { x: x - markRadius, y: y - markRadius, width: 2 * markRadius, height: 2 * markRadius })
      : drawn('circle', { cx: x, cy: y, r: markRadius });
  return leading(drawn('g', { class: `mark ${look.class}` }, shape), fact, open);
}

function crossingDrawn(crossing: Crossing, open: Open): SVGElement[] {
  const { from, to, rings, gate, stack } = crossing;
  const arrow = drawn('path', { d: pathOf(from, to), class: `crossing ${rings}`, 'marker-end': 'url(#head)' });
  const { x, y } = gatePlace(from, to);
  return [
    leading(arrow, crossing, open),
    ...(stack?.switched && stack.before ? [stackDrawn(above(from), stack.before, open)] : []),
    ...(stack ? [stackDrawn(above(to), stack.after, open)] : []),
    ...(gate ? [gateDrawn({ x, y }, gate, open)] : []),
  ];
}

/** Straight from ring to ring; to the same one, a turn within it. */
function pathOf(from: number, to: number): string {
  const [start, end] = [above(from), above(to)];
  if (from !== to) return `M ${start.x} ${start.y} L ${end.x} ${end.y}`;
  return `M ${start.x - 24} ${start.y + 4} C ${start.x - 16} ${start.y - 18} ${start.x + 16} ${start.y - 18} ${start.x + 22} ${start.y + 2}`;
}

/** On the border of the inner ring. */
function gatePlace(from: number, to: number): Point {
  if (from === to) return { x: centre, y: above(to).y - 12 };
  return { x: centre, y: centre - outerRadius[Math.min(from, to)] };
}

function gateDrawn({ x, y }: Point, gate: Fact & { vector: number }, open: Open): SVGElement {
  const { width, height } = gateSize;
  const box = drawn('rect', { x: x - width / 2, y: y - height / 2, width, height, rx: 3 });
  const text = drawn('text', { x, y: y + 4 });
  text.textContent = `0x${gate.vector.toString(16)}`;
  return leading(drawn('g', { class: 'gate' }, box, text), gate, open);
}

/** Some words, one above the other. */
function stackDrawn({ x, y }: Point, stack: Fact, open: Open): SVGElement {
  const { width, height } = stackSize;
  const [left, top] = [x + 26, y - height / 2];
  const box = drawn('rect', { x: left, y: top, width, height });
  const lines = [1, 2].map(line => {
    const lineY = top + (line * height) / 3;
    return drawn('line', { x1: left, x2: left + width, y1: lineY, y2: lineY });
  });
  return leading(drawn('g', { class: 'stack' }, box, ...lines), stack, open);
}

function arrowHead(): SVGElement {
  const head = { id: 'head', viewBox: '0 0 10 10', refX: 8, refY: 5, markerWidth: 5, markerHeight: 5, orient: 'auto' };
  return drawn('defs', {}, drawn('marker', head, drawn('path', { d: 'M 0 0 L 10 5 L 0 10 z', class: 'head' })));
}

/** What it is, for who points at it; and where it leads. */
function leading(shape: SVGElement, fact: Fact, open: Open): SVGElement {
  const title = drawn('title', {});
  title.textContent = fact.text;
  shape.prepend(title);
  const target = targetOf(fact);
  if (!target) return shape;
  shape.classList.add('leads');
  shape.addEventListener('click', () => open(target));
  return shape;
}

function drawn(name: string, attributes: Attributes, ...children: Element[]): SVGElement {
  const shape = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, String(value));
  shape.append(...children);
  return shape;
}
