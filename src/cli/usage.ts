// What `--help` says.
import { anyOf, listed, t } from '../base/localization';
import { bootNames } from '../debug/launch';
import { memoryLimits } from '../machine/memorySize';
import { techniques } from '../monitor/techniques';
import { columnsOf, padded, wrapped } from '../base/columns';
import { exitCodes } from './commandLine';

const width = 120;

type Row = readonly [what: string, meaning: string];

/** `what` in front, and its meaning from a column on; a long one has a line of its own. */
function rows(column: number, table: readonly Row[]): string[] {
  return table.flatMap(([what, meaning]) => {
    const front = `  ${what}`;
    const [first, ...others] = wrapped(meaning, width - column);
    const indented = (line: string): string => ' '.repeat(column) + line;
    if (columnsOf(front) + 2 > column) return [front, ...[first, ...others].map(indented)];
    return [padded(front, column) + first, ...others.map(indented)];
  });
}

const paragraph = (text: string): readonly string[] => wrapped(text, width);

export function usage(): string {
  const options = t`[options]`;
  const lines = [
    t`Ringside: x86 guests under a virtual machine monitor, step by step.`,
    '',
    ...rows(34, [
      [`ringside run FILE… ${options}`, t`runs a guest; its serial output goes to standard output`],
      [
        `ringside walk FILE… ${options}`,
        t`the same, with every trap that the guest has caused: one line for each stage of the monitor`,
      ],
      [
        `ringside asm FILE [-f FORMAT] [-o OUT] [-l LISTING] ${options}`,
        t`assembles (NASM's dialect) to a flat binary (bin) or an object (elf32); "-" is standard output`,
      ],
      [
        'ringside dap [--port N [--no-token]]',
        t`the debug adapter, on standard input and output or on a TCP port of this computer, where a launch must have the token that is printed`,
      ],
      ['ringside --version', t`says which version this is`],
    ]),
    '',
    ...paragraph(
      t`--locale NAME, with any command: the language of what is said, en or zh-cn (default: that of the environment).`,
    ),
    '',
    ...paragraph(
      t`FILE is an assembly source, a boot sector, a flat binary, a Multiboot ELF, or a folder that holds one main source.`,
    ),
    ...paragraph(t`Several files are sources and ELF objects (nasm -f elf32, gcc -m32 -c), which are linked.`),
    '',
    t`Options of run, walk and asm:`,
    ...rows(24, sourceRows()),
    '',
    t`Options of run and walk:`,
    ...rows(24, guestRows()),
    '',
    t`Option of walk:`,
    ...rows(24, [['--all', t`also the monitor's bookkeeping, and interrupts that come by`]]),
    '',
    t`Options of run:`,
    ...rows(24, [
      ['--stats', t`at the end, how often the guest has lost control, by reason`],
      [
        '--trace FILE',
        t`writes what passes between the rings, and in and out of the monitor: one line of JSON for each event`,
      ],
      [
        '--screen',
        t`shows the guest's text screen in the terminal, and gives it what is typed; Ctrl+C ends the run, Ctrl+] sends what is typed to the serial port, or to the keyboard again`,
      ],
    ]),
    '',
    ...paragraph(
      t`Exit codes: an odd one if the guest wrote other than 0 to the debug-exit port, as QEMU gives it, or`,
    ),
    ...rows(7, exitCodeRows()),
  ];
  return `${lines.join('\n')}\n`;
}

const sourceRows = (): readonly Row[] => [
  [
    '-I FOLDER',
    t`where included files are looked for too, after the source's own folder and this one; may be given more than once`,
  ],
  ['-D NAME[=VALUE]', t`defines a macro; may be given more than once`],
];

const guestRows = (): readonly Row[] => [
  ['--technique T', t`${anyOf(techniques.map(({ name }) => name))} (default: trapAndEmulate)`],
  ['--memory MB', t`guest memory, ${memoryLimits.least} to ${memoryLimits.most} (default: ${memoryLimits.default})`],
  ['--disk IMAGE', t`image of a hard disk, which is not changed; may be given twice`],
  ['--floppy IMAGE', t`image of a floppy, in the same way`],
  ['--boot KIND', t`${listed(bootNames)} (default: auto)`],
  ['--entry WHERE', t`a label or an address to start at`],
  ['--address A', t`where several files are linked (default: 0x100000; 0x7c00 if the first is 16-bit code)`],
  [
    '--symbols FILE[@ADDRESS]',
    t`the source, or the ELF file, of code that the guest loads; may be given more than once`,
  ],
  ['--max-instructions N', t`gives up after N steps of the guest`],
];

const exitCodeRows = (): readonly Row[] => [
  [`${exitCodes.ok}`, t`it halted, or wrote 0`],
  [`${exitCodes.badInput}`, t`wrong usage or input`],
  [`${exitCodes.tripleFault}`, t`triple fault`],
  [`${exitCodes.limit}`, t`--max-instructions reached`],
  [`${exitCodes.endlessWait}`, t`it waits for an interrupt that will never come`],
  [`${exitCodes.firmware}`, t`it ended in the BIOS`],
  [`${exitCodes.interrupted}`, 'Ctrl+C'],
];
