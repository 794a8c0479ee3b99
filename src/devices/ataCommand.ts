// The commands that the disk knows, by code (ANSI X3.298 ATA-3 table 8), and how each of them moves data.

export type AtaTransfer = 'none' | 'read' | 'write' | 'readMultiple' | 'writeMultiple' | 'identify';

export type AtaCommandName =
  | 'RECALIBRATE'
  | 'READ SECTORS'
  | 'WRITE SECTORS'
  | 'READ VERIFY SECTORS'
  | 'SEEK'
  | 'EXECUTE DEVICE DIAGNOSTIC'
  | 'INITIALIZE DEVICE PARAMETERS'
  | 'READ MULTIPLE'
  | 'WRITE MULTIPLE'
  | 'SET MULTIPLE MODE'
  | 'STANDBY IMMEDIATE'
  | 'IDLE IMMEDIATE'
  | 'STANDBY'
  | 'IDLE'
  | 'CHECK POWER MODE'
  | 'FLUSH CACHE'
  | 'IDENTIFY DEVICE'
  | 'SET FEATURES';

export interface AtaCommand {
  readonly first: number;
  readonly last: number;
  readonly name: AtaCommandName;
  readonly transfer: AtaTransfer;
}

/** Where a command has two codes, the second is the one without retries. */
const commands: readonly AtaCommand[] = [
  { first: 0x10, last: 0x1f, name: 'RECALIBRATE', transfer: 'none' },
  { first: 0x20, last: 0x21, name: 'READ SECTORS', transfer: 'read' },
  { first: 0x30, last: 0x31, name: 'WRITE SECTORS', transfer: 'write' },
  { first: 0x40, last: 0x41, name: 'READ VERIFY SECTORS', transfer: 'none' },
  { first: 0x70, last: 0x7f, name: 'SEEK', transfer: 'none' },
  { first: 0x90, last: 0x90, name: 'EXECUTE DEVICE DIAGNOSTIC', transfer: 'none' },
  { first: 0x91, last: 0x91, name: 'INITIALIZE DEVICE PARAMETERS', transfer: 'none' },
  { first: 0xc4, last: 0xc4, name: 'READ MULTIPLE', transfer: 'readMultiple' },
  { first: 0xc5, last: 0xc5, name: 'WRITE MULTIPLE', transfer: 'writeMultiple' },
  { first: 0xc6, last: 0xc6, name: 'SET MULTIPLE MODE', transfer: 'none' },
  { first: 0xe0, last: 0xe0, name: 'STANDBY IMMEDIATE', transfer: 'none' },
  { first: 0xe1, last: 0xe1, name: 'IDLE IMMEDIATE', transfer: 'none' },
  { first: 0xe2, last: 0xe2, name: 'STANDBY', transfer: 'none' },
  { first: 0xe3, last: 0xe3, name: 'IDLE', transfer: 'none' },
  { first: 0xe5, last: 0xe5, name: 'CHECK POWER MODE', transfer: 'none' },
  { first: 0xe7, last: 0xe7, name: 'FLUSH CACHE', transfer: 'none' },
  { first: 0xec, last: 0xec, name: 'IDENTIFY DEVICE', transfer: 'identify' },
  { first: 0xef, last: 0xef, name: 'SET FEATURES', transfer: 'none' },
];

/** The command with this code, or undefined: the disk aborts it. */
export const ataCommand = (code: number): AtaCommand | undefined =>
  commands.find(({ first, last }) => code >= first && code <= last);
