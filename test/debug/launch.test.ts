// Addresses in a launch configuration: wherever one may stand, the same are understood, and the same refused.
import assert from 'node:assert/strict';
import { parseLaunchOptions } from '../../src/debug/launch';
import { entryAddress } from '../../src/debug/startChoice';

const places: Record<string, (given: unknown) => number | undefined> = {
  address: given => parseLaunchOptions({ program: 'guest.asm', address: given }).address,
  entry: given => entryAddress(parseLaunchOptions({ program: 'guest.asm', entry: given }), () => undefined),
  symbols: given =>
    parseLaunchOptions({ program: 'guest.asm', symbols: [{ file: '/code.elf', address: given }] }).symbolFiles[0]
      .address,
};
const understood: [given: unknown, address: number][] = [
  [0x100000, 0x100000],
  ['0x100000', 0x100000],
  [' 0X7C00 ', 0x7c00],
  ['7c00h', 0x7c00],
  ['31744', 31744],
  ['0xffffffff', 0xffffffff],
];
const refused = ['0x100000000', 2 ** 32, -1, '-1', 1.5, '1.5', 'here', true, [0x7c00]];

for (const [place, addressFrom] of Object.entries(places))
  describe(`an address in "${place}"`, () => {
    for (const [given, address] of understood)
      it(`may be ${JSON.stringify(given)}`, () => assert.equal(addressFrom(given), address));
    for (const given of refused)
      it(`may not be ${JSON.stringify(given)}`, () => assert.throws(() => addressFrom(given), { name: 'UserError' }));
  });

it('a label that looks like a number is meant where the program has it', () => {
  const options = parseLaunchOptions({ program: 'guest.asm', entry: '1b' });
  assert.equal(
    entryAddress(options, name => (name === '1b' ? 0x7c00 : undefined)),
    0x7c00,
  );
});
