// All requests that the adapter answers, by DAP's names; and some of its own, which `shared/` describes.
import type { Request } from '../request';
import * as breakpointRequests from './breakpointRequests';
import { eventRequests } from './eventRequests';
import * as inputRequests from './inputRequests';
import * as inspection from './inspection';
import * as lifecycle from './lifecycle';
import * as memoryRequests from './memoryRequests';
import * as runControl from './runControl';
import * as screenRequests from './screenRequests';
import { whereRequests } from './whereRequests';
import { whyRequests } from './whyRequests';

const { stepInTarget: _, ...runRequests } = runControl;

export const requests: ReadonlyMap<string, Request> = new Map(
  Object.entries({
    ...lifecycle,
    ...runRequests,
    ...breakpointRequests,
    ...inspection,
    ...memoryRequests,
    ...screenRequests,
    ...inputRequests,
    ...whereRequests,
    ...eventRequests,
    ...whyRequests,
  }),
);
