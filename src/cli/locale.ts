// The language that the command line speaks.
import { t } from '../base/localization';
import { wrong } from './commandLine';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says, as POSIX has it. */
export const localeOf = ({ LC_ALL, LC_MESSAGES, LANG }: Environment): string => LC_ALL || LC_MESSAGES || LANG || 'en';

/** `--locale NAME` or `--locale=NAME`, wherever it stands, and the words without it. @throws UserError */
export function takeLocale(words: readonly string[]): { locale: string | undefined; words: readonly string[] } {
  const at = words.findIndex(word => /^--locale(=|$)/.test(word));
  if (at < 0) return { locale: undefined, words };
  const [, own] = words[at].split('=');
  const locale = own ?? words[at + 1] ?? '';
  if (locale === '') throw wrong(t`The option "${'--locale'}" needs a value.`);
  return { locale, words: words.toSpliced(at, own === undefined ? 2 : 1) };
}
