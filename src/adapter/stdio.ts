// The debug adapter as a process: DAP on standard input and output, or with `--port N` on a TCP port.
import { serve } from './nodeServer';

const [, port] = /^--port[= ](\d+)$/.exec(process.argv.slice(2).join(' ')) ?? [];
serve(port === undefined ? undefined : Number(port));
