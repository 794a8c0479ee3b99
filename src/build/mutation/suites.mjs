// Which files have guards that must be tested, and by which tests: words of their paths, those first that are quickest to fail.

const machinery = ['cpu/privileged', 'cpu/memory', 'oracle/baremetal'];
const transfers = ['cpu/tiers/knownTransfers', 'lockstep/transfers'];

export const suites = [
  { covers: /^src\/(cpu\/privileged\/|isa\/descriptorTypes\.ts)/, tests: machinery },
  {
    covers: /^src\/cpu\/memory\/(paging|stackFrame|pendingWrites|reservations|dataBreakpoints)\.ts$/,
    tests: machinery,
  },
  { covers: /^src\/cpu\/tiers\/(knownTransfers|transferJournal)\.ts$/, tests: transfers },
  { covers: /^src\/ir\/wasm\/(transfer|delivery|return)Emitter\.ts$/, tests: transfers },
  { covers: /^src\/cpu\/tiers\/tiers\.ts$/, tests: ['cpu/tiers', 'lockstep/transfers', 'lockstep/lockstep'] },
  { covers: /^src\/ir\/wasm\/renewalEmitter\.ts$/, tests: ['cpu/memory/tlb', 'lockstep/renewals'] },
];

/** Titles of tests that say nothing about our own processor, or nothing that their neighbours do not say. */
export const needless = 'on QEMU|on Bochs|as NASM|on Ringside, interpreted';
