// Waiting for something that a user would also wait for: looked at again and again until it holds.
import { setTimeout } from 'node:timers/promises';

/** The first value of `look` that is neither undefined, null nor false; after `timeMs` an error with the last look. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | null | false>,
  timeMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeMs;
  for (;;) {
    const seen = await look().catch((error: unknown) =>
      Date.now() > end ? Promise.reject(error as Error) : undefined,
    );
    if (seen !== undefined && seen !== null && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`waited ${timeMs} ms in vain for ${what}`);
    await setTimeout(50);
  }
}
