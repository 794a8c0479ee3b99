// Which instructions share a routine, and what their records hold. That routines do the same as the evaluator is for
// `test/lockstep`.

import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode';
import type { ExecutionMode } from '../../src/semantics/builder';
import { type RoutineShape, openProgram, parameterValue, shapeOf } from '../../src/ir/routineShape';

const mode: ExecutionMode = { codeSize: 32, stackSize: 32, cpl: 0, protectedMode: true, virtual8086: false };

function open(bytes: readonly number[]) {
  const decoded = decode(Uint8Array.from(bytes), 0, bytes.length, 32);
  assert.equal(decoded.kind, 'instruction');
  return decoded.kind === 'instruction' ? openProgram(decoded.instruction, mode) : undefined;
}

function shape(bytes: readonly number[], keepsFlags = true): RoutineShape {
  const program = open(bytes)?.program;
  assert.ok(program);
  return shapeOf(program, keepsFlags, false);
}

describe('shapes of routines', () => {
  const alike: readonly [string, readonly number[], readonly number[]][] = [
    ['add ecx, 5 and add edx, 100', [0x83, 0xc1, 5], [0x83, 0xc2, 100]],
    ['short and long immediates', [0x83, 0xc1, 5], [0x81, 0xc3, 0, 0, 1, 0]],
    ['mov ebx, ecx and mov esi, edi', [0x89, 0xcb], [0x89, 0xfe]],
    ['jz over different distances', [0x74, 5], [0x0f, 0x84, 0, 1, 0, 0]],
    ['mov eax, [ebx + 4] and mov edx, [esi + 400]', [0x8b, 0x43, 4], [0x8b, 0x96, 0x90, 1, 0, 0]],
  ];
  for (const [name, a, b] of alike) it(`are one: ${name}`, () => assert.equal(shape(a).key, shape(b).key));

  const different: readonly [string, readonly number[], readonly number[]][] = [
    ['add ecx, 5 and sub ecx, 5', [0x83, 0xc1, 5], [0x83, 0xe9, 5]],
    ['mov ebx, ecx and mov ebx, ebx', [0x89, 0xcb], [0x89, 0xdb]],
    ['mov ebx, ecx and mov esp, ecx', [0x89, 0xcb], [0x89, 0xcc]],
    ['mov bl, cl and mov bh, cl', [0x88, 0xcb], [0x88, 0xcf]],
    ['shl eax, 3 and shl eax, 4: the count decides about flags', [0xc1, 0xe0, 3], [0xc1, 0xe0, 4]],
    ['[ebx] of DS and of ES', [0x8b, 0x03], [0x26, 0x8b, 0x03]],
  ];
  for (const [name, a, b] of different) it(`differ: ${name}`, () => assert.notEqual(shape(a).key, shape(b).key));

  it('are smaller where nobody wants the flags', () => {
    assert.notEqual(shape([0x83, 0xc1, 5], false).key, shape([0x83, 0xc1, 5]).key);
    assert.equal(shape([0x83, 0xc1, 5], false).flagsWritten, 0);
  });

  it('say what is left open, and what that is for one instruction', () => {
    const { registers, parameters } = shape([0x83, 0xc1, 5]);
    assert.deepEqual(registers, [8]);
    assert.deepEqual(
      parameters.map(parameter => parameterValue(parameter, [0x1003, -7])),
      [-7],
    );
    const jump = shape([0x74, 5]);
    assert.ok(jump.parameters.some(parameter => parameterValue(parameter, [0x1002, 5]) === 0x1007));
  });

  const signatures: readonly [string, readonly number[], number][] = [
    ['an immediate', [0x83, 0xc1, 5], 2],
    ['a displacement before an immediate', [0xc7, 0x43, 4, 1, 0, 0, 0], 2],
    ['a count that decides about flags', [0xc1, 0xe0, 3], 3],
    ['a far pointer', [0xea, 0, 0, 0, 0, 8, 0], 7],
    ['nothing', [0x89, 0xcb], 2],
  ];
  for (const [name, bytes, length] of signatures)
    it(`have signatures of ${length} bytes with ${name}`, () => assert.equal(open(bytes)?.signatureBytes, length));

  const notHandled: readonly [string, readonly number[]][] = [
    ['INTO, which may end early and then calls', [0xce]],
    ['CMPXCHG8B, which takes 64 bits from memory', [0x0f, 0xc7, 0x0b]],
  ];
  for (const [name, bytes] of notHandled) it(`are none: ${name}`, () => assert.equal(open(bytes), undefined));

  it('tell where control goes after the machinery was called', () => {
    const after = (...bytes: number[]): string => shape(bytes).after;
    assert.deepEqual(
      [after(0x90), after(0xfa), after(0x0f, 0x22, 0xd8), after(0xcd, 0x80), after(0xe6, 0x80)],
      ['goesOn', 'leaves', 'leaves', 'transfers', 'goesOn'],
    );
  });
});
