// package.json against itself and against the code: what must be said in two places is said alike.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { bootNames } from '../../src/debug/launch';
import { memoryLimits } from '../../src/machine/memorySize';
import { handlerFiles } from '../../src/monitor/statements';
import { techniques as monitors } from '../../src/monitor/techniques';
import { ownFileAt, ownPath, ownScheme } from '../../src/shared/ownSource';

interface Choice {
  minimum?: number;
  maximum?: number;
  default?: unknown;
  enum: string[];
  enumDescriptions: string[];
}
interface Manifest {
  activationEvents: string[];
  contributes: {
    debuggers: [
      {
        languages: string[];
        configurationAttributes: { launch: { properties: Record<string, Choice> } };
        configurationSnippets: { body: { technique: string } }[];
      },
    ];
    breakpoints: { language: string }[];
    languages: { id: string; filenamePatterns?: string[] }[];
    grammars: { language: string; path: string }[];
    commands: { command: string }[];
    configuration: { properties: Record<string, Choice> };
    menus: Record<string, { command: string; when: string }[]>;
    views: Record<string, { id: string }[]>;
    walkthroughs: [{ id: string; steps: { description: string; media: { image: string } }[] }];
  };
}

const { activationEvents, contributes } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as Manifest;
const [debuggers] = contributes.debuggers;
const source = (file: string) => fs.readFileSync(`src/editor/${file}.ts`, 'utf8');

/** Path patterns of `languages` as VS Code matches them, of the form `/folder/**`. */
const matches = (pattern: string, file: string): boolean => file.startsWith(pattern.replace(/\*\*$/, ''));

describe('contributions', () => {
  it("the monitor's source has a language of its own, by its path, and TypeScript's grammar", () => {
    const monitor = contributes.languages.find(({ id }) => id === ownScheme);
    for (const file of handlerFiles()) {
      assert.ok(monitor?.filenamePatterns?.some(pattern => matches(pattern, ownPath(file))));
      assert.equal(ownFileAt(ownPath(file)), file);
    }
    const grammar = contributes.grammars.find(({ language }) => language === ownScheme);
    const { patterns } = JSON.parse(fs.readFileSync(grammar?.path ?? '', 'utf8')) as { patterns: unknown };
    assert.deepEqual(patterns, [{ include: 'source.ts' }]);
    assert.ok(activationEvents.includes(`onFileSystem:${ownScheme}`));
  });

  const techniques = contributes.configuration.properties['ringside.technique'].enum;

  it('the techniques are the same in the setting, launch.json and its snippets', () => {
    assert.deepEqual(debuggers.configurationAttributes.launch.properties.technique.enum, techniques);
    assert.deepEqual(
      debuggers.configurationSnippets.map(({ body }) => body.technique),
      techniques,
    );
  });

  it('launch.json offers what the adapter takes', () => {
    const { technique, boot, memoryMb } = debuggers.configurationAttributes.launch.properties;
    assert.deepEqual(
      technique.enum,
      monitors.map(({ name }) => name),
    );
    assert.deepEqual(boot.enum, bootNames);
    for (const { minimum, maximum, default: usual } of [
      memoryMb,
      contributes.configuration.properties['ringside.memoryMb'],
    ]) {
      assert.deepEqual({ least: minimum, most: maximum, default: usual }, memoryLimits);
    }
  });

  it('every choice is described', () => {
    const attributes = Object.values(debuggers.configurationAttributes.launch.properties);
    for (const choice of [...attributes, ...Object.values(contributes.configuration.properties)]) {
      assert.equal(choice.enumDescriptions?.length, choice.enum?.length);
    }
  });

  it('breakpoints, menus and code know the same languages', () => {
    assert.deepEqual(
      contributes.breakpoints.map(({ language }) => language),
      debuggers.languages,
    );
    const languages = debuggers.languages.filter(language => language !== ownScheme);
    assert.ok(languages.length < debuggers.languages.length);
    assert.match(source('sources'), new RegExp(`languageIds = \\['${languages.join("', '")}'\\]`));
    const conditions = Object.values(contributes.menus).flatMap(items =>
      items.map(({ when }) => when).filter(when => when.includes('LangId')),
    );
    for (const when of conditions) assert.ok(when.endsWith(`=~ /^(${languages.join('|')})$/`), when);
  });

  it('every command is registered', () => {
    const registered = [...source('activate').matchAll(/register\('(\w+)'/g)].map(([, name]) => `ringside.${name}`);
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), registered.sort());
  });

  it('the walkthrough has pictures, and its buttons have commands, in each language', () => {
    const views = Object.values(contributes.views).flatMap(each => each.map(({ id }) => `${id}.focus`));
    const known = [...contributes.commands.map(({ command }) => command), ...views];
    const [{ id, steps }] = contributes.walkthroughs;
    assert.match(source('walkthrough'), new RegExp(`#${id}`));
    for (const language of ['', '.zh-cn']) {
      const texts = JSON.parse(fs.readFileSync(`package.nls${language}.json`, 'utf8')) as Record<string, string>;
      for (const { description, media } of steps) {
        assert.ok(fs.existsSync(media.image), media.image);
        const text = texts[description.slice(1, -1)];
        const commands = [...text.matchAll(/\(command:([\w.]+)/g)].map(([, command]) => command);
        assert.ok(commands.length > 0, text);
        for (const command of commands) assert.ok(known.includes(command) || command.startsWith('workbench.'), command);
      }
    }
  });

  it('samples are copied with all their files', () => {
    for (const folder of fs.readdirSync('media/samples')) {
      const [, row] = new RegExp(`folder: '${folder}'.*?files: \\[(.*?)\\]`, 's').exec(source('samples')) ?? [];
      const copied = [...(row ?? '').matchAll(/'([^']+)'/g)].map(([, file]) => file);
      // launch.json is for whoever opens the folder itself
      const shipped = fs.readdirSync(`media/samples/${folder}`).filter(file => file !== '.vscode');
      assert.deepEqual(copied.sort(), shipped.sort());
    }
  });
});
