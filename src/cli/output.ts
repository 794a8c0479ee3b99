// What the command line says itself, as against what the guest says.
import { t } from '../base/localization';
import { reasonOf } from '../adapter/nodeHost';
import { UserError } from '../debug/userError';

/** A line on standard error. */
export const complain = (text: string): void => {
  process.stderr.write(`ringside: ${text}\n`);
};

export const notWritten = (file: string, error: unknown): UserError =>
  new UserError(t`${file} cannot be written: ${reasonOf(error)}. Check the path.`);
