// A source, as clients name one in requests.
import { integer, optional, record, text } from '../argumentTypes';

export const source = record({
  name: optional(text),
  path: optional(text),
  sourceReference: optional(integer),
});
