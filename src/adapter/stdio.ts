// The debug adapter as a process: DAP on standard input and output, or with `--port N` on a TCP port.
import { servePort, serveStreams } from './nodeServer';

const [, port] = /^--port[= ](\d+)\b/.exec(process.argv.slice(2).join(' ')) ?? [];
if (port === undefined) serveStreams();
else servePort(Number(port), !process.argv.includes('--no-token'));
