// The process in which v86 runs a guest: image [--interpret]. Ends with the guest's first line after `start`.
import fs from 'node:fs';
import path from 'node:path';

const [file, mode] = process.argv.slice(2);
const image = new Uint8Array(fs.readFileSync(file));

async function main(): Promise<void> {
  // An ES module, which this bundle cannot load in another way.
  const { V86 } = await import('v86');
  const emulator = new V86({
    wasm_path: path.resolve('node_modules/v86/build/v86.wasm'),
    memory_size: 64 << 20,
    vga_memory_size: 2 << 20,
    multiboot: { buffer: image.buffer },
    autostart: true,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    disable_jit: mode === '--interpret',
  });
  let output = '';
  emulator.add_listener('serial0-output-byte', byte => {
    output += String.fromCharCode(byte);
    if (!/^(result|failed).*\n/m.test(output)) return;
    fs.writeSync(1, output);
    process.exit();
  });
}

void main();
