// The debug adapter as a process: DAP on standard input and output, or with `--port N` on a TCP port. With `--technique T`
// the client is told only of what that technique has.
import { isTechniqueName } from '../monitor/techniques';
import { servePort, serveStreams } from './nodeServer';

const [, port] = /^--port[= ](\d+)\b/.exec(process.argv.slice(2).join(' ')) ?? [];
const [, technique = ''] = /--technique[= ](\w+)\b/.exec(process.argv.slice(2).join(' ')) ?? [];
if (port === undefined) serveStreams(isTechniqueName(technique) ? technique : undefined);
else servePort(Number(port), !process.argv.includes('--no-token'));
