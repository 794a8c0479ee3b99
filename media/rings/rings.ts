// The ring view: the four rings as a picture, and the same in words; each thing said leads to where there is more of it. Runs in a
// webview, which VS Code throws away while it is hidden.
import type { FromRingView, RingTarget, RingTexts, ToRingView } from '../../src/shared/ringMessages';
import type { StandingGuest, Where } from '../../src/shared/where';
import { element, filled, textsOfPage } from '../page/page';
import { FactList } from './factList';
import { ringPicture } from './ringPicture';

declare function acquireVsCodeApi(): { postMessage(message: FromRingView): void };

const editor = acquireVsCodeApi();
const texts = textsOfPage<RingTexts>();
const state = element('state');
const picture = element('picture');
const open = (target: RingTarget): void => editor.postMessage({ kind: 'open', target });
const facts = new FactList(element('facts'), texts, open);

function show(where: Where, isRunning: boolean): void {
  document.body.classList.toggle('past', isRunning);
  if (where.running) return showNothing(texts.running);
  facts.show(where);
  picture.replaceChildren(ringPicture(where, summary(where), open));
  state.textContent = isRunning ? texts.running : summary(where);
}

function showNothing(why: string): void {
  state.textContent = why;
  picture.replaceChildren();
  facts.clear();
}

const summary = ({ rings: { real, believed }, crossing }: StandingGuest): string =>
  filled(texts.picture, real.ring, believed.ring, crossing?.text ?? texts.noCrossing);

addEventListener('message', ({ data }: MessageEvent<ToRingView>) => {
  switch (data.kind) {
    case 'where':
      return show(data.where, data.isRunning);
    case 'nowhere':
      return showNothing(texts.nowhere);
  }
});
editor.postMessage({ kind: 'ready' });
