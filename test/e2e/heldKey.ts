// A key that is held: it repeats as a keyboard's does, and the page notes when the editor's marked line moves meanwhile and afterwards.
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { eventually } from './eventually';

export interface Held {
  /** how often the marked line moved while the key was held, and after it was released */
  stops: { during: number; after: number };
  /** from the release to the last stop; 0 if that was before */
  lateMs: number;
}

/** What the page notes, in its own time. */
interface Notes {
  stopsMs: number[];
  releasedMs: number;
}

declare global {
  interface Window {
    heldKey?: Notes;
  }
}

/** The line has come to rest when it has not moved for so long. */
const restMs = 2000;

export async function heldKey(page: Page, key: string, { forMs, perSecond }: { forMs: number; perSecond: number }) {
  await page.evaluate(noteStops, key);
  for (let press = 0; press * 1000 < forMs * perSecond; press++) {
    await page.keyboard.down(key);
    await setTimeout(1000 / perSecond);
  }
  await page.keyboard.up(key);
  return eventually('the line to rest', async () => page.evaluate(rested, restMs), 60_000);
}

/** Runs in the page. */
function noteStops(key: string): void {
  const notes: Notes = { stopsMs: [], releasedMs: Infinity };
  let at: string | undefined;
  const look = (): void => {
    const mark = document.querySelector('.editor-instance .debug-top-stack-frame-line');
    const place = mark?.parentElement?.style.top;
    if (place === undefined || place === at) return;
    at = place;
    notes.stopsMs.push(performance.now());
  };
  look();
  notes.stopsMs = [];
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  addEventListener(
    'keyup',
    event => {
      if (event.key === key) notes.releasedMs = performance.now();
    },
    true,
  );
  window.heldKey = notes;
}

/** Runs in the page. */
function rested(restMs: number): Held | undefined {
  const { stopsMs, releasedMs } = window.heldKey ?? { stopsMs: [], releasedMs: Infinity };
  const last = Math.max(releasedMs, ...stopsMs);
  if (performance.now() < last + restMs) return undefined;
  const after = stopsMs.filter(stopMs => stopMs > releasedMs).length;
  return { stops: { during: stopsMs.length - after, after }, lateMs: last - releasedMs };
}
