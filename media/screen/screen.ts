// The view of a guest's screen: shows each picture that the editor sends, and asks for the next one when it has been painted.
// Runs in a webview, which VS Code throws away while it is hidden.
import type { FromScreenView, Picture, ScreenTexts, ToScreenView } from '../../src/shared/screenMessages';
import { chord } from '../../src/shared/scanCodes';
import { element, filled, textsOfPage } from '../page/page';
import { KeyCapture } from './keyCapture';
import { PixelPicture } from './pixelPicture';
import { TextPicture } from './textPicture';

declare function acquireVsCodeApi(): { postMessage(message: FromScreenView): void };

/** Pictures of pixels are large: so many of them in a second are enough. */
const pixelPicturesApartMs = 40;

const editor = acquireVsCodeApi();
const texts = textsOfPage<ScreenTexts>();
const state = element('state');
const words = element('words');
const text = new TextPicture(element('text'));
const pixels = new PixelPicture(element('pixels'));
const toolbar = element('keys');
const sendKeys = (codes: number[]): void => {
  if (codes.length > 0) editor.postMessage({ kind: 'keys', codes });
};
const keys = new KeyCapture(element('screen'), sendKeys, () => sayState());
let hasEnded = false;

function show(picture: Picture): void {
  text.hidden = picture.mode !== 'text';
  pixels.hidden = picture.mode !== 'pixels';
  words.hidden = picture.mode !== 'graphics' && picture.mode !== 'off';
  switch (picture.mode) {
    case 'text':
      return text.show(picture);
    case 'pixels':
      return pixels.show(picture, withSize(texts.pixels, picture));
    case 'graphics':
      words.textContent = withSize(texts.unshown, picture);
      return;
    case 'off':
      words.textContent = texts.off;
  }
}

function sayState(): void {
  document.body.classList.toggle('captured', keys.captured);
  state.textContent = hasEnded ? texts.ended : keys.captured ? texts.captured : texts.released;
}

/** Once it has been painted. */
function askForNext(after: Picture): void {
  const askedMs = after.mode === 'pixels' ? pixelPicturesApartMs : 0;
  requestAnimationFrame(() => setTimeout(() => editor.postMessage({ kind: 'ready', shows: true }), askedMs));
}

const withSize = (message: string, { width, height }: { width: number; height: number }): string =>
  filled(message, width, height);

addEventListener('message', ({ data }: MessageEvent<ToScreenView>) => {
  switch (data.kind) {
    case 'picture':
      show(data.picture);
      return askForNext(data.picture);
    case 'state':
      hasEnded = data.hasEnded;
      toolbar.hidden = hasEnded;
      keys.allowed = !hasEnded;
      sayState();
  }
});

// the buttons do not take the keyboard away
toolbar.addEventListener('pointerdown', event => event.preventDefault());
toolbar.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  const names = target.dataset.keys?.split(' ');
  if (names) sendKeys(chord(...names));
  else editor.postMessage({ kind: 'paste' });
});
editor.postMessage({ kind: 'ready', shows: false });
