// How the editor and the adapter name the monitor's own source: by URIs that stay the same from session to session, so that
// breakpoints there outlive a restart.

export const monitorScheme = 'ringside-monitor';
/** The folder that the files seem to lie in; by it they get a language of their own (`contributes.languages`). */
const root = '/ringside-monitor/';
const folder = 'monitor/';

/** `file` is relative to src/: `monitor/trapAndEmulate/handlers.ts`. */
export const monitorUri = (file: string): string => `${monitorScheme}:${monitorPath(file)}`;
export const monitorPath = (file: string): string => root + file.slice(folder.length);

/** The file that a path of such a URI means. */
export const monitorFileAt = (path: string): string | undefined =>
  path.startsWith(root) ? folder + path.slice(root.length) : undefined;
