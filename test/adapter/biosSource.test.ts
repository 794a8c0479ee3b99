// The BIOS as clients see it: its frames by name, with its own source, in which breakpoints can be set.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { techniqueNames } from '../../src/monitor/system';
import { InProcess } from './inProcess';

const prints = 'bits 16\norg 0x7c00\nstart: mov ax, 0x0e41\n int 0x10\n mov al, 0\n out 0xf4, al\n';
const video = 'media/firmware/video.inc';
const lineOf = (text: RegExp): number =>
  fs
    .readFileSync(video, 'utf8')
    .split('\n')
    .findIndex(line => text.test(line)) + 1;

describe("the BIOS's source", () => {
  for (const technique of techniqueNames) {
    it(`is where breakpoints are, and frames have names, under ${technique}`, async () => {
      const client = new InProcess({ 'guest.asm': prints });
      await client.ask('initialize', { adapterID: 'ringside', clientID: 'vscode' });
      await client.ask('launch', { program: 'guest.asm', technique, boot: 'bootSector', stopOnEntry: true });
      await client.until('stopped', () => client.ask('configurationDone'));
      const path = 'ringside-monitor:/ringside-bios/video.inc';
      const line = lineOf(/^video_service:/) + 1;
      const set = await client.ask<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
        source: { path },
        breakpoints: [{ line }],
      });
      assert.deepEqual([set.breakpoints[0].verified, set.breakpoints[0].line], [true, line]);
      await client.until('stopped', () => client.ask('continue', { threadId: 1 }));
      const { stackFrames } = await client.ask<DebugProtocol.StackTraceResponse['body']>('stackTrace', { threadId: 1 });
      const [top] = stackFrames;
      assert.match(top.name, /^video_service/);
      assert.deepEqual([top.source?.path, top.line], [path, line]);
      assert.ok(
        stackFrames.some(({ source }) => source?.path === 'guest.asm'),
        stackFrames.map(({ name }) => name).join(),
      );
      client.end();
    });
  }

  it('is given to clients that do not open it by themselves', async () => {
    const client = await InProcess.at(prints, { boot: 'bootSector' });
    const { sources } = await client.ask<DebugProtocol.LoadedSourcesResponse['body']>('loadedSources');
    const source = sources.find(({ name }) => name === 'video.inc');
    const { content } = await client.ask<DebugProtocol.SourceResponse['body']>('source', { ...source });
    assert.equal(content, fs.readFileSync(video, 'utf8'));
    client.end();
  });

  it('is none of a guest that has no BIOS', async () => {
    const client = await InProcess.at('bits 32\norg 0x100000\nstart: hlt\n');
    const { sources } = await client.ask<DebugProtocol.LoadedSourcesResponse['body']>('loadedSources');
    assert.deepEqual(
      sources.map(({ name }) => name),
      ['guest.asm'],
    );
    client.end();
  });
});
