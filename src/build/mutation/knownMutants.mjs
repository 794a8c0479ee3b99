// Mutants that no test can tell from the original, each with the reason. `file` and `place` are exact, `change` is a part of what
// the list shows.
export const knownMutants = [];
