// Text in the columns of a terminal, of which an East Asian character takes two (Unicode Standard Annex #11: wide and fullwidth).

const wide =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\u3000-\\u303f\\uff01-\\uff60\\uffe0-\\uffe6';
const isWide = new RegExp(`[${wide}]`, 'u');
/** What stays together: a word, or a wide character, with the punctuation that may not begin or end a line, and the space before. */
const piece = new RegExp(`\\s*[（「《【]*(?:[${wide}]|[^\\s${wide}]+)[，。、；：！？）」》】]*`, 'gu');

const isNarrow = (text: string): boolean => /^[ -~]*$/.test(text);

export const columnsOf = (text: string): number =>
  isNarrow(text)
    ? text.length
    : [...text].reduce((columns, character) => columns + (isWide.test(character) ? 2 : 1), 0);

export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)));

/** As much of the text as there is room for. */
export function cut(text: string, columns: number): string {
  let room = columns;
  return [...text].filter(character => (room -= columnsOf(character)) >= 0).join('');
}

/** The text in lines of at most so many columns, where no word is longer. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines = [''];
  for (const next of text.match(piece) ?? []) {
    const longer = lines[lines.length - 1] + next;
    if (columnsOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(next.trimStart());
  }
  return lines;
}
