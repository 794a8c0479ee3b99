// Made by src/build/monitorSources.mjs when the adapter is bundled.
declare module 'ringside:monitor-sources' {
  /** The monitors' TypeScript, by path relative to src/ (`monitor/visit.ts`), as `Statement.file` gives it. */
  const sources: Readonly<Record<string, string>>;
  export default sources;
}
