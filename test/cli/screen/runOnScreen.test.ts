// `run --screen` in a real terminal, which `script` provides: what is drawn, what is typed, and how the terminal is left behind.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { skipBecause } from '../../summary';

interface Bundler {
  bundleEach(files: string[], outdir: string): Promise<string[]>;
}

/** Says hello on the screen and the serial line, then types back what comes from the keyboard until Esc, in lower case. */
const guest = `bits 16
org 0x7c00
 mov si, hello
.next: lodsb
 test al, al
 jz .type
 mov ah, 0x0e
 int 0x10
 mov dx, 0x3f8
 out dx, al
 jmp .next
.type: mov ah, 1
 int 0x16
 jnz .key
 mov dx, 0x3fd
 in al, dx
 test al, 1
 jz .type
 mov dx, 0x3f8
 in al, dx
 sub al, 0x20
 jmp .show
.key: mov ah, 0
 int 0x16
 cmp al, 27
 je .end
.show: mov ah, 0x0e
 int 0x10
 jmp .type
.end: mov dx, 0xf4
 mov al, 21
 out dx, al
hello: db "Hello", 0
 times 510 - ($ - $$) db 0
 dw 0xaa55
`;

/** A shell in a terminal, which runs the guest, and then says how it ended and what state the terminal is in. */
class Shell {
  output = '';
  private readonly child: ChildProcess;

  constructor(cli: string, folder: string) {
    const run = `sh -c 'echo $$ > pid; exec "${process.execPath}" "${cli}" run guest.asm --screen'`;
    const commands = `stty rows 40 cols 100; ${run}; echo "code $?"; stty -a; echo finished`;
    this.child = spawn('script', ['-qfec', commands, '/dev/null'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (text: Buffer) => (this.output += text.toString()));
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  async shows(text: string): Promise<void> {
    while (!this.output.includes(text)) await once(this.child.stdout ?? this.child, 'data');
  }

  stop(): void {
    this.child.kill();
  }
}

describe('run --screen', function () {
  this.slow(5000);
  let cli = '';
  let folder = '';
  let shell: Shell;

  before(async function () {
    if (spawnSync('script', ['--version']).error) skipBecause(this, 'no script (util-linux)');
    const bundler = (await import(pathToFileURL(path.resolve('src/build/testBundles.mjs')).href)) as Bundler;
    [cli] = await bundler.bundleEach([path.resolve('test/cli/commandLineMain.ts')], path.resolve('out/cli'));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-screen-'));
    fs.writeFileSync(path.join(folder, 'guest.asm'), guest);
  });

  after(() => {
    if (folder !== '') fs.rmSync(folder, { recursive: true });
  });

  beforeEach(async () => {
    shell = new Shell(cli, folder);
    await shell.shows('Hello');
  });

  afterEach(() => shell.stop());

  /** The page is left, keys are lines again and are seen, and the exit code is this one. */
  async function givesBack(code: number): Promise<string> {
    await shell.shows('\nfinished');
    const [before, after] = shell.output.split('\x1b[?1049l');
    assert.ok(before.includes('\x1b[?1049h'));
    assert.match(after, new RegExp(`code ${code}\\b`));
    assert.match(after, /[^-]icanon[^]*[^-]echo /);
    return after;
  }

  it('gives the guest what is typed, and prints the last picture and the serial output when it has ended', async () => {
    shell.type('ring');
    shell.type('\x1b');
    const after = await givesBack(43);
    assert.match(after, /Hello[^]*at the end:\r\n {2}\| Helloring\r\n/);
  });

  it('sends what is typed to the serial port after Ctrl+]', async () => {
    shell.type('\x1d');
    await shell.shows('Keys go to the serial port');
    shell.type('zw');
    await shell.shows('W');
    shell.type('\x03');
    assert.match(await givesBack(130), /\| HelloZW\r\n/);
  });

  it('ends by Ctrl+C', async () => {
    shell.type('\x03');
    assert.match(await givesBack(130), /Interrupted at/);
  });

  it('gives the terminal back when it is told to terminate', async () => {
    process.kill(Number(fs.readFileSync(path.join(folder, 'pid'), 'utf8')), 'SIGTERM');
    await givesBack(143);
  });
});
