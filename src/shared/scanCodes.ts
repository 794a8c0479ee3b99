// What a PC's keyboard sends for its keys (IBM PS/2 Hardware Interface Technical Reference, "Scan Code Set 1"): for keys as browsers
// name them (KeyboardEvent.code, W3C "UI Events KeyboardEvent code Values"), and for text as the US layout types it.

interface Row {
  /** of the first key; the others follow */
  readonly first: number;
  /** do the codes follow an E0h? */
  readonly extended?: true;
  readonly keys: string;
  /** what they type alone, and with Shift */
  readonly plain?: string;
  readonly shifted?: string;
}

const rows: readonly Row[] = [
  { first: 0x01, keys: 'Escape' },
  {
    first: 0x02,
    keys: 'Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal',
    plain: '1234567890-=',
    shifted: '!@#$%^&*()_+',
  },
  { first: 0x0e, keys: 'Backspace Tab', plain: '\b\t' },
  {
    first: 0x10,
    keys: 'KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight',
    plain: 'qwertyuiop[]',
    shifted: 'QWERTYUIOP{}',
  },
  { first: 0x1c, keys: 'Enter ControlLeft', plain: '\n' },
  {
    first: 0x1e,
    keys: 'KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote',
    plain: "asdfghjkl;'`",
    shifted: 'ASDFGHJKL:"~',
  },
  { first: 0x2a, keys: 'ShiftLeft' },
  {
    first: 0x2b,
    keys: 'Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash',
    plain: '\\zxcvbnm,./',
    shifted: '|ZXCVBNM<>?',
  },
  { first: 0x36, keys: 'ShiftRight NumpadMultiply AltLeft Space CapsLock', plain: '\0\0\0 ' },
  { first: 0x3b, keys: 'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock' },
  { first: 0x47, keys: 'Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd' },
  { first: 0x4f, keys: 'Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal' },
  { first: 0x56, keys: 'IntlBackslash F11 F12' },
  { first: 0x70, keys: 'KanaMode' },
  { first: 0x73, keys: 'IntlRo' },
  { first: 0x79, keys: 'Convert' },
  { first: 0x7b, keys: 'NonConvert' },
  { first: 0x7d, keys: 'IntlYen' },
  { first: 0x1c, extended: true, keys: 'NumpadEnter ControlRight' },
  { first: 0x35, extended: true, keys: 'NumpadDivide' },
  { first: 0x37, extended: true, keys: 'PrintScreen AltRight' },
  { first: 0x47, extended: true, keys: 'Home ArrowUp PageUp' },
  { first: 0x4b, extended: true, keys: 'ArrowLeft' },
  { first: 0x4d, extended: true, keys: 'ArrowRight' },
  { first: 0x4f, extended: true, keys: 'End ArrowDown PageDown Insert Delete' },
  { first: 0x5b, extended: true, keys: 'MetaLeft MetaRight ContextMenu' },
];

/** The one key that sends nothing when it is released. */
const pause = { key: 'Pause', codes: [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5] };

const releaseBit = 0x80;
const extendedPrefix = 0xe0;

interface Key {
  readonly code: number;
  readonly extended: boolean;
}

const keys = new Map<string, Key>();
/** By character: the key, and whether with Shift. */
const typing = new Map<string, { readonly key: string; readonly shift: boolean }>();
for (const { first, extended = false, keys: names, plain = '', shifted = '' } of rows)
  names.split(' ').forEach((key, index) => {
    keys.set(key, { code: first + index, extended });
    if (index < plain.length && plain[index] !== '\0') typing.set(plain[index], { key, shift: false });
    if (index < shifted.length) typing.set(shifted[index], { key, shift: true });
  });

/** Of a key that a browser names so; nothing if a PC's keyboard has no such key. */
export function scanCodes(name: string, isPressed: boolean): readonly number[] {
  if (name === pause.key) return isPressed ? pause.codes : [];
  const key = keys.get(name);
  if (!key) return [];
  const code = isPressed ? key.code : key.code | releaseBit;
  return key.extended ? [extendedPrefix, code] : [code];
}

/** Keys pressed in this order and released in the opposite one. */
export const chord = (...names: readonly string[]): number[] => [
  ...names.flatMap(name => scanCodes(name, true)),
  ...names.toReversed().flatMap(name => scanCodes(name, false)),
];

export interface Typed {
  readonly codes: readonly number[];
  /** How many characters no key of the US layout types; they are left out. */
  readonly leftOut: number;
}

/** What somebody sends who types this text. */
export function typed(text: string): Typed {
  const codes: number[] = [];
  let leftOut = 0;
  for (const character of text.replace(/\r\n?/g, '\n')) {
    const found = typing.get(character);
    if (!found) leftOut++;
    else for (const code of found.shift ? chord('ShiftLeft', found.key) : chord(found.key)) codes.push(code);
  }
  return { codes, leftOut };
}
