// A stop of the engine in DAP's terms.
import type { Stop } from '../debug/stop';

export interface StopReason {
  readonly reason: string;
  readonly ids?: number[];
  readonly problem?: string;
}

const breakpointReasons = {
  source: 'breakpoint',
  function: 'function breakpoint',
  instruction: 'instruction breakpoint',
};

export function stopReason(stop: Stop): StopReason {
  switch (stop.kind) {
    case 'goal':
    case 'limit':
    case 'ended':
      return { reason: 'step' };
    case 'pause':
      return { reason: 'pause' };
    case 'breakpoint':
      return { reason: breakpointReasons[stop.of], ids: [...stop.ids], problem: stop.problem };
    case 'access':
    case 'register':
      return { reason: 'data breakpoint', ids: [...stop.ids], problem: stop.problem };
    case 'event':
      return { reason: 'exception', problem: stop.problem };
  }
}
