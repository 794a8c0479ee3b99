// What the stages of a handler are called where users see them.

import { marked, translated } from '../base/localization';
import type { StageKind } from './statements';

const names: Readonly<Record<StageKind, string>> = {
  intercept: marked`intercept`,
  decode: marked`decode`,
  check: marked`check`,
  translate: marked`translate`,
  emulate: marked`emulate`,
  host: marked`host`,
  inject: marked`inject`,
  resume: marked`resume`,
};

export const stageName = (kind: StageKind): string => translated(names[kind]);
