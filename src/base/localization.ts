// Texts for users, in their language. The source says each in English, t`there is no label ${name}`, and another language
// has it under that English with {0}, {1}… in place of the values, in one catalogue with the editor's own texts.

/** A language: what it says for an English text, or undefined where it has nothing of its own. */
export interface Language {
  /** such as `zh-cn` */
  readonly locale: string;
  readonly textFor: (english: string) => string | undefined;
}

export const english: Language = { locale: 'en', textFor: () => undefined };

let spoken = english;

/** From here on texts are in `language`: that of the process, or of the session that does something next. */
export function speak(language: Language): void {
  spoken = language;
}

export const spokenLanguage = (): Language => spoken;

type Value = string | number | bigint;

/** A text in the language that is spoken. */
export function t(parts: TemplateStringsArray, ...values: readonly Value[]): string {
  const own = spoken === english ? undefined : spoken.textFor(keyOf(parts));
  if (own === undefined) return String.raw({ raw: parts }, ...values);
  return own.replace(/\{(\d+)\}/g, (placeholder, index: string) => String(values[Number(index)] ?? placeholder));
}

/** Marks a text of a table, which is made before anybody knows the language: `translated` says it where it is shown. */
export const marked = ([text]: TemplateStringsArray): string => text;

export const translated = (text: string): string => spoken.textFor(text) ?? text;

/** `a, b, c`, of at least one name */
export const listed = (items: readonly string[]): string => items.reduce((said, item) => t`${said}, ${item}`);

/** `a or b or c`, of at least one */
export const anyOf = (items: readonly string[]): string => items.reduce((said, item) => t`${said} or ${item}`);

/** Under which a catalogue has the text of a template: also for whoever reads the source for its texts. */
export const keyOf = (parts: readonly string[]): string =>
  parts.reduce((text, part, index) => `${text}{${index - 1}}${part}`);
