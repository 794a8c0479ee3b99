// The command line: Ringside without an editor.
import { version } from '../../package.json';
import { languageOf } from '../adapter/languages';
import { servePort, serveStreams } from '../adapter/nodeServer';
import { speak } from '../base/localization';
import { AssemblyFailure } from '../debug/assembledSource';
import { ownErrorText, UserError } from '../debug/userError';
import { assembleFile, reportFailure } from './assembleFile';
import { type Command, exitCodes, parseCommandLine } from './commandLine';
import { localeOf, takeLocale } from './locale';
import { complain } from './output';
import { run } from './run';
import { usage } from './usage';
import { walk } from './walk';

async function execute(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage());
      return exitCodes.ok;
    case 'version':
      process.stdout.write(`ringside ${version}\n`);
      return exitCodes.ok;
    case 'run':
      return run(command.files, command.options);
    case 'walk':
      return walk(command.files, command.options);
    case 'asm':
      await assembleFile(command);
      return exitCodes.ok;
    case 'dap':
      if (command.port === undefined) serveStreams();
      else servePort(command.port, command.wantsToken);
      return exitCodes.ok;
  }
}

function fail(error: unknown): number {
  if (error instanceof AssemblyFailure) reportFailure(error);
  else if (error instanceof UserError) complain(error.message);
  else {
    complain(ownErrorText(error));
    return exitCodes.internal;
  }
  return exitCodes.badInput;
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', () => process.exit(exitCodes.ok));
speak(languageOf(localeOf(process.env)));
Promise.resolve()
  .then(() => {
    const { locale, words } = takeLocale(process.argv.slice(2));
    if (locale !== undefined) speak(languageOf(locale));
    return execute(parseCommandLine(words));
  })
  .catch(fail)
  .then(
    code => (process.exitCode = code),
    () => (process.exitCode = exitCodes.internal),
  );
