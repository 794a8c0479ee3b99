// Descriptors in words: segments, system segments, gates (SDM Vol. 3A §3.4.5, §3.5, §5.8, §6.11).

import { listed, t } from '../../base/localization';
import { hex } from '../../base/hex';
import {
  Attribute,
  attributeDpl,
  descriptorAttributes,
  descriptorBase,
  descriptorLimit,
  gateOffset,
  gateParameters,
  gateSelector,
  type RawDescriptor,
  SystemType,
} from '../../isa/descriptors';
import { isCode, isCodeOrData, isConforming, isExpandDown, isPresent, systemType } from '../../isa/descriptorTypes';

/** `code 32-bit, base 0, limit 4 GiB, DPL 0, readable` */
export function descriptorText(raw: RawDescriptor): string {
  if (raw.low === 0 && raw.high === 0) return t`empty`;
  const attributes = descriptorAttributes(raw);
  if (isCodeOrData(attributes)) return segmentText(raw, attributes);
  return isGate(attributes) ? gateText(raw) : systemSegmentText(raw, attributes);
}

/** of a gate of any kind, in the GDT, an LDT or the IDT */
export const isGate = (attributes: number): boolean => {
  const type = systemType(attributes);
  return type !== undefined && gateTypes.includes(type);
};

const gateTypes: readonly number[] = [
  SystemType.taskGate,
  SystemType.callGate16,
  SystemType.callGate32,
  SystemType.interruptGate16,
  SystemType.interruptGate32,
  SystemType.trapGate16,
  SystemType.trapGate32,
];

/** `interrupt gate 32-bit, to 0x0008:0x00101234, DPL 3` */
export function gateText(raw: RawDescriptor): string {
  const attributes = descriptorAttributes(raw);
  const type = systemType(attributes);
  const target = `${hex(gateSelector(raw), 4)}:${hex(gateOffset(raw), 8)}`;
  const parameters = gateParameters(raw);
  return joined(
    gateTypeText(attributes),
    type === SystemType.taskGate ? t`to the task ${hex(gateSelector(raw), 4)}` : t`to ${target}`,
    `DPL ${attributeDpl(attributes)}`,
    isCallGate(attributes) && parameters > 0 ? t`parameters ${parameters}` : undefined,
    presence(attributes),
  );
}

function gateTypeText(attributes: number): string {
  switch (systemType(attributes)) {
    case SystemType.taskGate:
      return t`task gate`;
    case SystemType.callGate16:
      return t`call gate 16-bit`;
    case SystemType.callGate32:
      return t`call gate 32-bit`;
    case SystemType.interruptGate16:
      return t`interrupt gate 16-bit`;
    case SystemType.interruptGate32:
      return t`interrupt gate 32-bit`;
    case SystemType.trapGate16:
      return t`trap gate 16-bit`;
    case SystemType.trapGate32:
      return t`trap gate 32-bit`;
    default:
      return t`no gate (type ${attributes & Attribute.typeMask})`;
  }
}

const isCallGate = (attributes: number): boolean =>
  systemType(attributes) === SystemType.callGate16 || systemType(attributes) === SystemType.callGate32;

function segmentText(raw: RawDescriptor, attributes: number): string {
  const hasRight = (attributes & Attribute.writableOrReadable) !== 0;
  const is32Bit = (attributes & Attribute.big) !== 0;
  if (isCode(attributes))
    return joined(
      is32Bit ? t`code 32-bit` : t`code 16-bit`,
      placeText(raw),
      `DPL ${attributeDpl(attributes)}`,
      hasRight ? t`readable` : t`execute-only`,
      isConforming(attributes) ? t`conforming` : undefined,
      presence(attributes),
    );
  return joined(
    is32Bit ? t`data 32-bit` : t`data 16-bit`,
    placeText(raw),
    `DPL ${attributeDpl(attributes)}`,
    hasRight ? t`writable` : t`read-only`,
    isExpandDown(attributes) ? t`expand-down` : undefined,
    presence(attributes),
  );
}

function systemSegmentText(raw: RawDescriptor, attributes: number): string {
  return joined(systemSegmentName(attributes), placeText(raw), `DPL ${attributeDpl(attributes)}`, presence(attributes));
}

/** `TSS 32-bit, busy` */
export function systemSegmentName(attributes: number): string {
  switch (systemType(attributes)) {
    case SystemType.ldt:
      return 'LDT';
    case SystemType.tss16Available:
      return t`TSS 16-bit, available`;
    case SystemType.tss16Busy:
      return t`TSS 16-bit, busy`;
    case SystemType.tss32Available:
      return t`TSS 32-bit, available`;
    case SystemType.tss32Busy:
      return t`TSS 32-bit, busy`;
    default:
      return t`reserved type ${attributes & Attribute.typeMask}`;
  }
}

function placeText(raw: RawDescriptor): string {
  const base = descriptorBase(raw);
  return joined(t`base ${base === 0 ? '0' : hex(base, 8)}`, t`limit ${limitText(descriptorLimit(raw))}`);
}

/** The last byte's offset; whole sizes as sizes. */
function limitText(limit: number): string {
  const size = limit + 1;
  const unit = units.find(({ bytes }) => size >= bytes && size % bytes === 0);
  return unit ? `${size / unit.bytes} ${unit.name}` : `${size} B`;
}

const units = [
  { name: 'GiB', bytes: 2 ** 30 },
  { name: 'MiB', bytes: 2 ** 20 },
  { name: 'KiB', bytes: 2 ** 10 },
];

const presence = (attributes: number): string | undefined => (isPresent(attributes) ? undefined : t`not present`);

const joined = (...parts: readonly (string | undefined)[]): string => listed(parts.filter(part => part !== undefined));
