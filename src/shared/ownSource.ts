// How the editor and the adapter name the sources that are not the user's, the monitor's and the BIOS's: by URIs that stay the same
// from session to session, so that breakpoints there outlive a restart.

export const ownScheme = 'ringside-monitor';
/** Folders of sources, and those that the files seem to lie in: by these the monitor's get a language of their own (`contributes.languages`). */
const folders = [
  ['monitor/', '/ringside-monitor/'],
  ['firmware/', '/ringside-bios/'],
] as const;

/** `file` is `monitor/trapAndEmulate/handlers.ts`, or `firmware/bios.asm`. */
export const ownUri = (file: string): string => `${ownScheme}:${ownPath(file)}`;

export function ownPath(file: string): string {
  const [folder = '', place = ''] = folders.find(([folder]) => file.startsWith(folder)) ?? [];
  return place + file.slice(folder.length);
}

/** The file that a path of such a URI means. */
export function ownFileAt(path: string): string | undefined {
  const found = folders.find(([, place]) => path.startsWith(place));
  return found && found[0] + path.slice(found[1].length);
}
