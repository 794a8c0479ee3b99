// What is known of a guest's place, in words: names and facts, and below the last crossings with gate, stacks and frame. A fact that leads
// anywhere is a button, which keeps the keyboard when the guest has stopped again.
import type { RingTarget, RingTexts } from '../../src/shared/ringMessages';
import type { Crossing, Fact, FrameFact, StackFact, StandingGuest } from '../../src/shared/where';
import { filled } from '../page/page';
import { believedSymbol, realSymbol, trappedSymbol } from './ringPicture';
import { targetOf } from './target';

export class FactList {
  constructor(
    private readonly place: HTMLElement,
    private readonly texts: RingTexts,
    private readonly open: (target: RingTarget) => void,
  ) {}

  clear(): void {
    this.place.replaceChildren();
  }

  show(where: StandingGuest): void {
    const focused = this.indexOfFocus();
    const { crossing, monitorEntry } = where;
    this.place.replaceChildren(
      this.general(where),
      ...(crossing ? this.crossing(this.texts.crossing, crossing) : []),
      ...(monitorEntry ? this.crossing(this.texts.monitorEntry, monitorEntry) : []),
    );
    if (focused >= 0) this.buttons()[focused]?.focus();
  }

  private buttons(): HTMLElement[] {
    return [...this.place.querySelectorAll('button')];
  }

  private indexOfFocus(): number {
    return this.buttons().findIndex(button => button === document.activeElement);
  }

  private general({ rings, processor, mode, technique, time }: StandingGuest): HTMLElement {
    const { texts } = this;
    const list = document.createElement('dl');
    this.add(list, texts.real, rings.real, realSymbol);
    if (rings.trapped) this.add(list, texts.trapped, rings.trapped, trappedSymbol);
    this.add(list, texts.believed, rings.believed, believedSymbol);
    this.add(list, texts.processor, processor);
    this.add(list, texts.mode, mode);
    this.add(list, texts.technique, technique);
    this.add(list, texts.time, time);
    return list;
  }

  private crossing(title: string, crossing: Crossing): HTMLElement[] {
    const { texts } = this;
    const heading = document.createElement('h2');
    heading.textContent = title;
    const what = document.createElement('p');
    what.append(this.fact(crossing));
    if (crossing.isOver) what.append(` ${texts.isOver}`);
    if (crossing.unseen > 0) what.append(` ${filled(texts.unseen, crossing.unseen)}`);
    const list = document.createElement('dl');
    if (crossing.cause) this.add(list, texts.cause, crossing.cause);
    if (crossing.gate) this.add(list, texts.gate, crossing.gate);
    if (crossing.handler) this.add(list, texts.handler, crossing.handler);
    if (crossing.stack) this.addStacks(list, crossing.stack);
    if (crossing.frame) this.addFrame(list, crossing.frame);
    return [heading, what, list];
  }

  private addStacks(list: HTMLElement, { before, after, switched }: StackFact): void {
    if (before) this.add(list, this.texts.before, before);
    this.add(list, this.texts.after, after).append(switched ? '' : ` (${this.texts.sameStack})`);
  }

  private addFrame(list: HTMLElement, frame: FrameFact): void {
    const words = document.createElement('ul');
    for (const word of frame.words) words.append(itemOf(this.fact(word)));
    this.add(list, this.texts.frame, frame).append(words);
  }

  private add(list: HTMLElement, name: string, fact: Fact, symbol = ''): HTMLElement {
    const term = document.createElement('dt');
    term.textContent = name;
    const description = document.createElement('dd');
    if (symbol !== '') description.append(decoration(symbol));
    description.append(this.fact(fact));
    list.append(term, description);
    return description;
  }

  private fact(fact: Fact): Node {
    const target = targetOf(fact);
    if (!target) return document.createTextNode(fact.text);
    const button = document.createElement('button');
    button.className = 'fact';
    button.textContent = fact.text;
    button.addEventListener('click', () => this.open(target));
    return button;
  }
}

function itemOf(content: Node): HTMLElement {
  const item = document.createElement('li');
  item.append(content);
  return item;
}

/** What the picture has for it. */
function decoration(symbol: string): HTMLElement {
  const mark = document.createElement('span');
  mark.ariaHidden = 'true';
  mark.textContent = `${symbol} `;
  return mark;
}
