// Log messages of logpoints: text with expressions in braces, which are replaced by their values. `{{` stands for a brace.

import { evaluate, type ExpressionContext } from './expressions/evaluate';
import { formatValue } from './expressions/format';
import { type Expression, parse } from './expressions/parse';
import { errors, UserError } from './userError';

export type LogMessage = (context: ExpressionContext) => string;

/** @throws UserError if an expression in it is not understood */
export function parseLogMessage(text: string): LogMessage {
  const parts: (string | Expression)[] = [];
  let position = 0;
  while (position < text.length) {
    const brace = text.indexOf('{', position);
    const end = brace < 0 ? text.length : brace;
    if (end > position) parts.push(text.slice(position, end).replaceAll('}}', '}'));
    if (brace < 0) break;
    if (text.startsWith('{{', brace)) {
      parts.push('{');
      position = brace + 2;
      continue;
    }
    const close = text.indexOf('}', brace);
    if (close < 0) throw errors.unclosedBrace(text);
    parts.push(parse(text.slice(brace + 1, close)));
    position = close + 1;
  }
  return context => parts.map(part => (typeof part === 'string' ? part : valueOf(part, context))).join('');
}

/** A log message is written without stopping, so what is wrong with it stands in it. */
function valueOf(expression: Expression, context: ExpressionContext): string {
  try {
    return formatValue(evaluate(expression, context));
  } catch (error) {
    if (error instanceof UserError) return `<${error.message}>`;
    throw error;
  }
}
