// The stages that handlers yield: each says something, and stands where the monitor's source says so. The debugger shows
// that line.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { StageKind } from '../../src/monitor/stage';
import { assembleFile } from './assembledGuest';
import { runGuest, type StageSeen } from './runGuest';

const guests = [
  ...fs
    .readdirSync('test/monitor/guests')
    .filter(name => name.endsWith('.asm'))
    .map(name => path.join('test/monitor/guests', name)),
  'media/samples/first-trap/first-trap.asm',
];

const kinds: readonly StageKind[] = ['intercept', 'decode', 'check', 'emulate', 'shadow', 'host', 'inject', 'resume'];

/** Every `yield stage(…)` of the monitors' source, as `file:line`, with its kind. */
function stagesInSource(): Map<string, string> {
  const folder = 'src/monitor/trapAndEmulate';
  const found = new Map<string, string>();
  for (const name of fs.readdirSync(folder)) {
    const lines = fs.readFileSync(path.join(folder, name), 'utf8').split('\n');
    lines.forEach((line, index) => {
      const kind = /\byield stage\(\s*'(\w+)'/.exec(lines.slice(index, index + 2).join('\n'));
      if (/\byield stage\(/.test(line)) found.set(`monitor/trapAndEmulate/${name}:${index + 1}`, kind?.[1] ?? 'none');
    });
  }
  return found;
}

describe('stages', () => {
  const seen = new Map<string, StageSeen>();
  const texts: string[] = [];

  before(function () {
    this.timeout(120_000);
    for (const file of guests) {
      const { image } = assembleFile(path.resolve(file));
      const { stages } = runGuest('trapAndEmulate', image, { keepStages: true, memoryBytes: 4 << 20 });
      for (const stage of stages) {
        texts.push(stage.text);
        seen.set(stage.site ? `${stage.site.file}:${stage.site.line}` : 'nowhere', stage);
      }
    }
  });

  it('stand at a line that yields a stage of their kind', () => {
    const source = stagesInSource();
    for (const [site, { kind }] of seen) assert.equal(source.get(site), kind, site);
  });

  it('are all met by the guests of this folder', () => {
    assert.deepEqual(
      [...stagesInSource().keys()].filter(site => !seen.has(site)),
      [],
    );
    assert.deepEqual(
      kinds.filter(kind => ![...seen.values()].some(stage => stage.kind === kind)),
      [],
    );
  });

  it('say what happened in one line, with values', () => {
    for (const text of texts) {
      assert.match(text, /^\S.*\S$/);
      assert.doesNotMatch(text, /\n|undefined|NaN|\[object|-0x/);
    }
  });
});
