// What stands on a guest's text screen when it ends: most boot sectors say there what they have to say.

import { t } from '../base/localization';
import { type ScreenFrame, visibleLines } from '../devices/screenFrame';

/** A line that says what follows, and the screen's lines; undefined if nothing can be seen on it. */
export function screenReport(frame: ScreenFrame): string | undefined {
  if (frame.kind !== 'text') return undefined;
  const text = visibleLines(frame).join('\n').trimEnd();
  return text === '' ? undefined : `${t`The guest's text screen at the end:`}\n${text.replace(/^/gm, '  | ')}`;
}
