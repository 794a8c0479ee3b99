// Made by src/build/ownSources.mjs when the adapter is bundled.
declare module 'ringside:own-sources' {
  /** The monitors' TypeScript, by path relative to src/ (`monitor/visit.ts`) as `Statement.file` gives it, and the BIOS's (`firmware/bios.asm`). */
  const sources: Readonly<Record<string, string>>;
  export default sources;
}
