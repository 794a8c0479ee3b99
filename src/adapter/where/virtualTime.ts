// Virtual time for the client.
import { t } from '../../base/localization';
import { ticksPerSecond } from '../../devices/virtualTime';
import type { VirtualTime } from '../../shared/where';

export function virtualTime(ticks: number): VirtualTime {
  const seconds = ticks / ticksPerSecond;
  return { ticks, seconds, text: t`tick ${ticks}, ${secondsText(seconds)} of the guest's time` };
}

/** `0.00000123 s`: to the tick. */
const secondsText = (seconds: number): string => `${Number(seconds.toFixed(8))} s`;
