// Where the guest is and how it got there: requests of Ringside's own (`shared/where.ts`).
import { type Where, whereRequest } from '../../shared/where';
import { request } from '../request';
import { runningGuest, standingGuest } from '../where/situation';

export const whereRequests = {
  [whereRequest]: request({}, (session): Where =>
    session.isRunning ? runningGuest(session.loaded()) : standingGuest(session.facts()),
  ),
};
