// The first 50 million instructions of each integer program: how fast a machine is before it has got into its stride.
import { type Guest, guests, instructionsOf } from './guests';

const instructions = 50e6;

export const warmUpGuests = guests.filter(({ integer }) => integer).map(firstInstructions);

function firstInstructions(guest: Guest): Guest {
  const each = (instructionsOf(guest, 2) ?? 0) - (instructionsOf(guest, 1) ?? 0);
  return { ...guest, iterations: Math.max(1, Math.round(instructions / each)), fixed: true };
}
