// What a fact leads to.
import type { RingTarget } from '../../src/shared/ringMessages';
import type { Fact } from '../../src/shared/where';

/** Undefined if there is no more to be seen of it. */
export function targetOf({ source, memoryReference, variable }: Fact): RingTarget | undefined {
  if (!source && memoryReference === undefined && !variable) return undefined;
  return {
    ...(source && { source }),
    ...(memoryReference !== undefined && { memoryReference }),
    ...(variable && { variable }),
  };
}
