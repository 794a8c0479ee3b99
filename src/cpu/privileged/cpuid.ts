// CPUID (SDM Vol. 2, CPUID, tables 3-8 and 3-11): a P6-family processor with exactly the features that exist here.

import { Gpr } from '../../isa/registers';
import type { Core } from '../core';
import { processorSignature } from '../registers/state';

/** What a leaf returns; each register unsigned. */
export interface CpuidResult {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

/** Leaf 1 EDX. No x87, no APIC, no PAE. */
export const features = [
  { bit: 2, name: 'DE', meaning: 'debugging extensions: CR4.DE' },
  { bit: 3, name: 'PSE', meaning: '4 MiB pages' },
  { bit: 4, name: 'TSC', meaning: 'RDTSC' },
  { bit: 5, name: 'MSR', meaning: 'RDMSR and WRMSR' },
  { bit: 7, name: 'MCE', meaning: 'machine-check exception: CR4.MCE' },
  { bit: 8, name: 'CX8', meaning: 'CMPXCHG8B' },
  { bit: 11, name: 'SEP', meaning: 'SYSENTER and SYSEXIT' },
  { bit: 13, name: 'PGE', meaning: 'global pages' },
  { bit: 15, name: 'CMOV', meaning: 'CMOVcc' },
] as const;

export const vendor = 'Ringside x86';
export const brand = 'Ringside emulated x86 processor';

const highestBasicLeaf = 1;
const firstExtendedLeaf = 0x80000000;
const highestExtendedLeaf = 0x80000004;

/** Four ASCII characters from `start`, the first lowest; NUL past the end. */
function characters(text: string, start: number): number {
  return [0, 1, 2, 3].reduce((word, index) => word | ((text.charCodeAt(start + index) || 0) << (8 * index)), 0) >>> 0;
}

const featureFlags = features.reduce((flags, { bit }) => flags | (1 << bit), 0);

const vendorLeaf: CpuidResult = {
  eax: highestBasicLeaf,
  ebx: characters(vendor, 0),
  edx: characters(vendor, 4),
  ecx: characters(vendor, 8),
};
const featureLeaf: CpuidResult = { eax: processorSignature, ebx: 0, ecx: 0, edx: featureFlags };

const brandLeaf = (part: number): CpuidResult => ({
  eax: characters(brand, part * 16),
  ebx: characters(brand, part * 16 + 4),
  ecx: characters(brand, part * 16 + 8),
  edx: characters(brand, part * 16 + 12),
});

const leaves: ReadonlyMap<number, CpuidResult> = new Map([
  [0, vendorLeaf],
  [highestBasicLeaf, featureLeaf],
  [firstExtendedLeaf, { eax: highestExtendedLeaf, ebx: 0, ecx: 0, edx: 0 }],
  [0x80000001, { eax: 0, ebx: 0, ecx: 0, edx: 0 }],
  [0x80000002, brandLeaf(0)],
  [0x80000003, brandLeaf(1)],
  [highestExtendedLeaf, brandLeaf(2)],
]);

/** The result for a leaf. One that does not exist answers as the highest basic leaf does, as on Intel's processors. */
export const cpuidLeaf = (leaf: number): CpuidResult => leaves.get(leaf >>> 0) ?? featureLeaf;

export function cpuid({ state }: Core): void {
  const { eax, ebx, ecx, edx } = cpuidLeaf(state.gpr(Gpr.eax));
  state.setGpr(Gpr.eax, eax);
  state.setGpr(Gpr.ebx, ebx);
  state.setGpr(Gpr.ecx, ecx);
  state.setGpr(Gpr.edx, edx);
}
