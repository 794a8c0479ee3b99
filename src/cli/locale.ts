// The language that the command line speaks.

/** `--locale NAME` wherever it stands, else what the environment says, as POSIX has it; and the words without it. */
export function takeLocale(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): { locale: string; words: string[] } {
  const at = words.indexOf('--locale');
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const locale = (at < 0 ? undefined : words[at + 1]) ?? (LC_ALL || LC_MESSAGES || LANG || 'en');
  return { locale, words: at < 0 ? [...words] : words.toSpliced(at, 2) };
}
