// Keys, typed text and serial bytes for the guest: requests of Ringside's own (`shared/guestInput.ts`). They come by the guest's
// door of input, whether it runs or stands.
import { errors } from '../../debug/userError';
import { longestText, type TypeAnswer } from '../../shared/guestInput';
import { typed } from '../../shared/scanCodes';
import { integerWithin, listOf, textUpTo } from '../argumentTypes';
import { request } from '../request';
import type { Session } from '../session';

/** Scan codes, or bytes on the serial line, that may wait for the guest. */
const mostWaiting = 256 * 1024;
const anyText = textUpTo(longestText);

function press(session: Session, codes: readonly number[]): void {
  const { door, devices } = session.loaded().system.running;
  if (devices.keyboard.waiting + codes.length > mostWaiting) throw errors.keysNotRead(devices.keyboard.waiting);
  if (codes.length > 0) door.accept({ kind: 'keys', codes });
}

export const guestKeys = request({ codes: listOf(integerWithin(0, 0xff)) }, (session, { codes }) =>
  press(session, codes),
);

export const guestType = request({ text: anyText }, (session, { text }): TypeAnswer => {
  const { codes, leftOut } = typed(text);
  press(session, codes);
  return { leftOut };
});

export const guestSerial = request({ text: anyText }, (session, { text }) => {
  const { door, devices } = session.loaded().system.running;
  const bytes = [...new TextEncoder().encode(text)];
  if (devices.uart.onLine + bytes.length > mostWaiting) throw errors.serialNotRead(devices.uart.onLine);
  if (bytes.length > 0) door.accept({ kind: 'serial', bytes });
});
