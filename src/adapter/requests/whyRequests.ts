// Why an instruction did, or did not, trap: a request of Ringside's own (`shared/why.ts`).
import { parseMemoryPlace } from '../../debug/memory';
import { errors } from '../../debug/userError';
import { instructionInQuestion, whyAt, whyLines } from '../../debug/why/why';
import { type WhyAnswer, whyRequest } from '../../shared/why';
import { optional, text } from '../argumentTypes';
import { request } from '../request';

export const whyRequests = {
  [whyRequest]: request({ address: optional(text) }, (session, { address }): WhyAnswer => {
    const facts = session.facts();
    const { debuggee } = facts;
    const linear = address === undefined ? instructionInQuestion(debuggee) : linearOf(address);
    const why = whyAt(linear, debuggee);
    const current = debuggee.system.technique;
    return {
      ...facts.fact(why.text, { code: linear }),
      class: why.class,
      classText: why.classText,
      believed: why.believed,
      outcomes: why.outcomes.map(outcome => ({ ...outcome, isCurrent: outcome.technique === current })),
      lines: [...whyLines(why, debuggee)],
    };
  }),
};

function linearOf(reference: string): number {
  const place = parseMemoryPlace(reference);
  if (place?.space !== 'gva') throw errors.badInstructionReference(reference);
  return place.address;
}
