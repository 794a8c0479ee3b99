// `info TABLE` and `walk ADDRESS`: the guest's tables and registers, decoded.

import { anyOf, marked } from '../../base/localization';
import type { Debuggee } from '../debuggee';
import { evaluate } from '../expressions/evaluate';
import { parse } from '../expressions/parse';
import type { VariableNode } from '../scopes/node';
import { controlNodes, flagNodes, generalNodes, segmentNodes } from '../scopes/registerScopes';
import { rangeLines, tableLines, taskLines, walkLines } from '../tables/tableLines';
import { errors } from '../userError';
import type { ConsoleCommand } from './command';

const topics: Readonly<Record<string, (debuggee: Debuggee) => readonly string[]>> = {
  gdt: debuggee => tableLines('gdt', debuggee),
  idt: debuggee => tableLines('idt', debuggee),
  ldt: debuggee => tableLines('ldt', debuggee),
  tss: taskLines,
  tab: rangeLines,
  regs: registerLines,
};
const topicNames = Object.keys(topics);

function registerLines({ system, symbols }: Debuggee): readonly string[] {
  const state = system.running.level.believed();
  const [eflags] = flagNodes(state);
  const nodes = [...generalNodes(state, symbols), eflags, ...segmentNodes(state), ...controlNodes(state)];
  return nodes.map(({ name, value }: VariableNode) => `${name.padEnd(6)} ${value}`);
}

export const infoCommand: ConsoleCommand = {
  name: 'info',
  usage: `info ${topicNames.join('|')}`,
  purpose: marked`a table of the guest's in words; tab is what is mapped, regs are the registers`,
  words: topicNames,
  run(argument, debuggee) {
    const topic = argument.trim().toLowerCase();
    if (!Object.hasOwn(topics, topic)) throw errors.commandUsage(`info ${anyOf(topicNames)}`);
    return topics[topic](debuggee);
  },
};

export const walkCommand: ConsoleCommand = {
  name: 'walk',
  usage: 'walk ADDRESS',
  purpose: marked`how an address is translated: guest-virtual, guest-physical, host-physical, with each entry that is read`,
  run(argument, debuggee, context) {
    if (argument.trim() === '') throw errors.commandUsage('walk ADDRESS');
    return walkLines(evaluate(parse(argument), context).value, debuggee);
  },
};
