// The package that the marketplace gets.
import fs from 'node:fs';
import path from 'node:path';
import { NotMeasured } from './notMeasured';

export function packageKilobytes(): number {
  const { version } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string };
  const file = path.resolve('out', `ringside-${version}.vsix`);
  if (!fs.existsSync(file)) throw new NotMeasured('not made yet: run npm run package');
  return fs.statSync(file).size / 1024;
}
