// What decides whether an instruction may do its work: the privilege that the opcode table's column asks for, against CPL, IOPL and
// CR4 as they are now. Nothing is carried out.

import { hex } from '../../base/hex';
import { t } from '../../base/localization';
import type { ProcessorState } from '../../cpu/registers/state';
import { Cr4 } from '../../isa/controlRegisters';
import type { Privilege } from '../../isa/opcodeRow';

/** A processor, as far as it decides. */
export interface Rights {
  readonly cpl: number;
  readonly iopl: number;
  readonly virtual8086: boolean;
  readonly tsd: boolean;
  readonly pce: boolean;
  /** the bit of the TSS's I/O map for the port in question: clear; undefined if no port is in question */
  readonly portIsOpen?: boolean | undefined;
}

export interface Verdict {
  readonly allowed: boolean;
  /** what has decided, such as `CPL 3 > IOPL 0` */
  readonly deciding: string;
}

export const rightsOf = (state: ProcessorState, portIsOpen?: boolean): Rights => ({
  cpl: state.cpl,
  iopl: state.iopl,
  virtual8086: state.virtual8086,
  tsd: (state.get('cr4') & Cr4.tsd) !== 0,
  pce: (state.get('cr4') & Cr4.pce) !== 0,
  portIsOpen,
});

export function judge(privilege: Privilege | undefined, rights: Rights): Verdict {
  const { cpl, iopl, virtual8086, tsd, pce } = rights;
  const byCpl = `CPL ${cpl}`;
  switch (privilege) {
    case undefined:
      return { allowed: true, deciding: t`nothing is asked for` };
    case 'cpl0':
      return { allowed: cpl === 0, deciding: byCpl };
    case 'iopl':
      return { allowed: cpl <= iopl, deciding: againstIopl(rights) };
    case 'io':
      return ports(rights);
    case 'v86Iopl':
      return virtual8086
        ? { allowed: iopl === 3, deciding: `VM 1, IOPL ${iopl}` }
        : { allowed: true, deciding: 'VM 0' };
    case 'cr4.tsd':
      return { allowed: !tsd || cpl === 0, deciding: `CR4.TSD ${Number(tsd)}, ${byCpl}` };
    case 'cr4.pce':
      return { allowed: pce || cpl === 0, deciding: `CR4.PCE ${Number(pce)}, ${byCpl}` };
  }
}

const againstIopl = ({ cpl, iopl }: Rights): string => `CPL ${cpl} ${cpl <= iopl ? '≤' : '>'} IOPL ${iopl}`;

/** By IOPL, except in virtual-8086 mode; else by the I/O map of the TSS (SDM Vol. 1 §18.5.2). */
function ports(rights: Rights): Verdict {
  const { cpl, iopl, virtual8086, portIsOpen = false } = rights;
  if (!virtual8086 && cpl <= iopl) return { allowed: true, deciding: againstIopl(rights) };
  const reason = virtual8086 ? 'VM 1' : againstIopl(rights);
  return {
    allowed: portIsOpen,
    deciding: portIsOpen ? t`${reason}, but the I/O map opens the port` : t`${reason}, and the I/O map closes the port`,
  };
}

/** `0x1f0` */
export const portText = (port: number): string => hex(port);
