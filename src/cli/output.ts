// What the command line says itself, as against what the guest says.

/** A line on standard error. */
export const complain = (text: string): void => {
  process.stderr.write(`ringside: ${text}\n`);
};
