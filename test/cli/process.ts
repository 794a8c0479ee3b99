// The command line as a process, for tests: bundled like a test, in a folder with guests of all kinds.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

interface Bundler {
  bundleEach(files: string[], outdir: string): Promise<string[]>;
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const start = 'bits 32\norg 0x100000\nstart:\n';
const hello = `${start} mov esi, text\n mov dx, 0x3f8\n.next: lodsb\n test al, al\n jz .end\n out dx, al\n jmp .next\n.end: cli\n hlt\ntext: db "hello", 10, 0\n`;

export const guestFiles: Readonly<Record<string, string>> = {
  'hello.asm': hello,
  'exit.asm': `${start} mov al, 21\n out 0xf4, al\n jmp $\n`,
  'spin.asm': `${start} cli\n jmp $\n`,
  'prints-and-spins.asm': `${start} mov al, 'x'\n mov dx, 0x3f8\n out dx, al\nspin: jmp spin\n`,
  'fault.asm': `${start} nop\nboom: int 0x80\n`,
  'nowhere.asm': `${start} jmp 0xe0000000\n`,
  'overwrite.asm': `${start} mov byte [here], 0xf4\n cli\nhere: jmp $\n`,
  'bad.asm': 'bits 32\n mov eax, [nowhere]\n mov al, bx\n',
  'boot.asm': `bits 16\norg 0x7c00\n mov al, 'b'\n mov dx, 0x3f8\n out dx, al\n cli\n hlt\n times 510-($-$$) db 0\n dw 0xaa55\n`,
  'caller.asm': 'global _start\nextern letter\n_start: mov dx, 0x3f8\n mov al, [letter]\n out dx, al\n cli\n hlt\n',
  'callee.asm': "global letter\nsection .data\nletter db 'c'\n",
  'empty.asm': '',
  'hi.asm': `bits 16\norg 0x7c00\n mov si, text\n mov ah, 0xe\n.next: lodsb\n test al, al\n jz .end\n int 0x10\n jmp .next\n.end: cli\n hlt\ntext: db "first", 13, 10, "second", 0\n`,
  'warns.asm': `${start} cli\n hlt\n db 300\n`,
  'folder.asm': '%include "empty"\n',
  'kernel.c': 'void kernel(void) {}\n',
  'binary.bin': 'a\0b',
  'project/main.asm': hello,
  'odd.img': 'x',
  'loads.asm': `${start} mov dword [0x200000], 0x90f4fa90\n jmp 0x200000\n`,
  'loaded.asm': 'bits 32\n nop\nthere: cli\n hlt\n nop\n',
  // a project that is built in its own folder, and one that is built with -I
  'boot/main.asm': `${start} %include "boot/print.inc"\n`,
  'boot/print.inc': ` %include "shared.inc"\n`,
  'boot/shared.inc': ` mov dx, 0x3f8\n mov al, LETTER\n out dx, al\n cli\n hlt\n`,
  'boot/loader.asm': `${start} %include "loader.inc"\n`,
  'boot/include/loader.inc': ` %include "boot/shared.inc"\n`,
};

export class CommandLine {
  private constructor(
    private readonly cli: string,
    readonly folder: string,
  ) {}

  static async inFolderOfGuests(): Promise<CommandLine> {
    const bundler = (await import(pathToFileURL(path.resolve('src/build/testBundles.mjs')).href)) as Bundler;
    const [cli] = await bundler.bundleEach([path.resolve('test/cli/commandLineMain.ts')], path.resolve('out/cli'));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ringside-cli-'));
    for (const [name, text] of Object.entries(guestFiles)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    fs.mkdirSync(path.join(folder, 'empty'));
    return new CommandLine(cli, folder);
  }

  dispose(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** In English, whatever the environment of the tests speaks, unless the words say otherwise. */
  begin(words: readonly string[]): ChildProcess {
    return spawn('node', [this.cli, ...words], { cwd: this.folder, env: { ...process.env, LC_ALL: 'C' } });
  }

  run(words: string): Promise<Outcome> {
    return outcomeOf(this.begin(words.split(' ').filter(word => word !== '')));
  }
}

export async function outcomeOf(process: ChildProcess): Promise<Outcome> {
  let [out, err] = ['', ''];
  process.stdout?.on('data', (bytes: Buffer) => (out += bytes.toString()));
  process.stderr?.on('data', (bytes: Buffer) => (err += bytes.toString()));
  const code = await new Promise<number | null>(resolve => process.once('close', resolve));
  assert.doesNotMatch(err, /^\s+at .*\d+:\d+\)?$/m, 'no stack trace of ours');
  return { code, out, err };
}
