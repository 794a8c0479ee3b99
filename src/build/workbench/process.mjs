// The workbench's server as a process of its own, for tests: its argument is the JSON of serveWorkbench's, it prints
// the address, and it ends when its standard input does.
import { serveWorkbench } from './serve.mjs';

const { url, stop } = await serveWorkbench(JSON.parse(process.argv[2]));
console.log(url);
process.stdin.resume().on('end', stop);
