// "Did you mean": names that are one or two typing errors away from what was written.
import { limits } from './limits';

/** Edit distance with transposition of neighbours (optimal string alignment), or more than `bound`. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1;
  const far = bound + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = new Array<number>(b.length + 1).fill(far);
    if (row <= bound) current[0] = row;
    let nearest = current[0];
    // Only what is this near to the diagonal can come to `bound` or less.
    for (let column = Math.max(1, row - bound); column <= Math.min(b.length, row + bound); column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, beforePrevious[column - 2] + 1);
      current[column] = cost;
      nearest = Math.min(nearest, cost);
    }
    if (nearest > bound) return far;
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length];
}

/** Names longer than this are not compared: nobody reads them for a typing error. */
const longestName = 60;

/** At most three of `candidates` that look like `name`, nearest first. */
export function nearNames(name: string, candidates: Iterable<string>): string[] {
  if (name.length > longestName) return [];
  const bound = name.length <= 3 ? 1 : 2;
  const written = name.toLowerCase();
  const near: { candidate: string; distance: number }[] = [];
  let compared = 0;
  for (const candidate of candidates) {
    if (++compared > limits.suggestionCandidates) break;
    if (candidate === name || candidate.length > longestName + bound) continue;
    const distance = editDistance(written, candidate.toLowerCase(), bound);
    if (distance <= bound && distance < name.length) near.push({ candidate, distance });
  }
  near.sort((a, b) => a.distance - b.distance);
  return near.slice(0, 3).map(({ candidate }) => candidate);
}
