// What a test has to say at the end of the report (`src/build/summaryReporter.cjs`): which oracle ran, or why a test did not.

type NotedSuite = Mocha.Suite & { notes?: string[] };

export function noteInSummary(context: Mocha.Context, note: string): void {
  const suite: NotedSuite | undefined = context.runnable().parent;
  if (suite) (suite.notes ??= []).push(note);
}

export function skipBecause(context: Mocha.Context, reason: string): never {
  noteInSummary(context, `skipped: ${reason}`);
  return context.skip();
}
