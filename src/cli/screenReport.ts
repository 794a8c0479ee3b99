// What stands on a guest's text screen when it ends: most boot sectors say there what they have to say.

import type { TextLine, TextScreen } from '../devices/textScreen';

/** A line that says what follows, and the screen's lines; undefined if nothing can be seen on it. */
export function screenReport(screen: TextScreen): string | undefined {
  const text = screen.read().lines.map(visibleText).join('\n').trimEnd();
  return text === '' ? undefined : `The guest's text screen at the end:\n${text.replace(/^/gm, '  | ')}`;
}

/** Black on black is nothing to be seen; so is most of what a guest that knows no screen keeps in that memory. */
const visibleText = ({ text, attributes }: TextLine): string =>
  [...text]
    .map((character, column) => (isVisible(attributes[column]) ? character : ' '))
    .join('')
    .trimEnd();

const isVisible = (attribute: number): boolean => (attribute & 0x0f) !== ((attribute >> 4) & 0x07);
