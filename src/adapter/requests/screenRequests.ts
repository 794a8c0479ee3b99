// The guest's screen: a request of Ringside's own (`shared/guestScreen.ts`).
import type { GuestScreen } from '../../shared/guestScreen';
import { optional, whole } from '../argumentTypes';
import { request } from '../request';

export const guestScreen = request({ since: optional(whole) }, (session, { since }): Promise<GuestScreen> =>
  session.screen.pull(session.readable().system.running.devices.display.frame(), since),
);
