// The languages that Ringside speaks.
import chinese from '../../media/l10n/bundle.l10n.zh-cn.json';
import { english, type Language } from '../base/localization';

const catalogue: ReadonlyMap<string, string> = new Map(Object.entries(chinese));
const simplifiedChinese: Language = { locale: 'zh-cn', textFor: text => catalogue.get(text) };

/**
 * English between brackets, as VS Code's own pseudo language has it: whatever stands outside them cannot be translated. Values
 * stand outside, since they may be texts too.
 */
const pseudo: Language = {
  locale: 'qps-ploc',
  textFor: text => text.replace(/(\{\d+\})|[^{]+|\{/g, (piece, value?: string) => value ?? `⟦${piece}⟧`),
};

/** By a locale's name, such as `zh-CN`, `zh_CN.UTF-8` or `de`; English where there is nothing nearer. */
export function languageOf(locale: string): Language {
  const name = locale.toLowerCase().replace('_', '-');
  if (name.startsWith(pseudo.locale)) return pseudo;
  if (/^zh(?!-(tw|hk|mo|hant))/.test(name)) return simplifiedChinese;
  return english;
}
