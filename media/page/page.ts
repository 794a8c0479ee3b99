// What all our pages in webviews have in common: their elements, and the texts that the editor has put into them, in its language.

export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

/** Those of the page, as its maker (src/editor/webviewPage.ts) was given them. */
export const textsOfPage = <Texts>(): Texts => JSON.parse(document.body.dataset.texts ?? '{}') as Texts;

/** `text` with its values: `{0}` is the first. */
export const filled = (text: string, ...values: (string | number)[]): string =>
  text.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)]));
