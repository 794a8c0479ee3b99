// The time and alarm registers of the MC146818 in the four formats that register B can choose: BCD or binary, 12 or 24
// hours (MC146818A data sheet, "Time, Calendar, and Alarm Locations").
import { secondsOf, weekdayOf, type CalendarTime } from './calendar';

export interface RtcFormat {
  readonly binary: boolean;
  readonly hours24: boolean;
}

export const timeRegister = {
  seconds: 0,
  secondsAlarm: 1,
  minutes: 2,
  minutesAlarm: 3,
  hours: 4,
  hoursAlarm: 5,
  weekday: 6,
  day: 7,
  month: 8,
  year: 9,
  /** By the PC's convention, not the chip's. */
  century: 0x32,
};

const afternoon = 0x80;
/** An alarm register of 0xc0 or more matches every value. */
const anyValue = 0xc0;

const toBcd = (value: number): number => (Math.floor(value / 10) << 4) | (value % 10);
const fromBcd = (value: number): number => (value >> 4) * 10 + (value & 0xf);
const encode = (value: number, format: RtcFormat): number => (format.binary ? value : toBcd(value));
const decode = (value: number, format: RtcFormat): number => (format.binary ? value : fromBcd(value));

function encodeHours(hours: number, format: RtcFormat): number {
  if (format.hours24) return encode(hours, format);
  return encode(hours % 12 || 12, format) | (hours >= 12 ? afternoon : 0);
}

function decodeHours(value: number, format: RtcFormat): number {
  if (format.hours24) return decode(value, format);
  return (decode(value & ~afternoon, format) % 12) + (value & afternoon ? 12 : 0);
}

/** The register as software reads it, or undefined if `index` is none of the time registers (alarms are memory). */
export function readTimeRegister(
  index: number,
  time: CalendarTime,
  weekdayOffset: number,
  format: RtcFormat,
): number | undefined {
  switch (index) {
    case timeRegister.seconds:
      return encode(time.seconds, format);
    case timeRegister.minutes:
      return encode(time.minutes, format);
    case timeRegister.hours:
      return encodeHours(time.hours, format);
    case timeRegister.weekday:
      return encode(((weekdayOf(secondsOf(time)) - 1 + weekdayOffset) % 7) + 1, format);
    case timeRegister.day:
      return encode(time.day, format);
    case timeRegister.month:
      return encode(time.month, format);
    case timeRegister.year:
      return encode(time.year % 100, format);
    case timeRegister.century:
      return encode(Math.floor(time.year / 100), format);
    default:
      return undefined;
  }
}

/** `time` with one register written, or undefined if `index` is not one of the registers that set it. */
export function withTimeRegister(
  index: number,
  value: number,
  time: CalendarTime,
  format: RtcFormat,
): CalendarTime | undefined {
  const decoded = decode(value, format);
  switch (index) {
    case timeRegister.seconds:
      return { ...time, seconds: decoded };
    case timeRegister.minutes:
      return { ...time, minutes: decoded };
    case timeRegister.hours:
      return { ...time, hours: decodeHours(value, format) };
    case timeRegister.day:
      return { ...time, day: decoded };
    case timeRegister.month:
      return { ...time, month: decoded };
    case timeRegister.year:
      return { ...time, year: Math.floor(time.year / 100) * 100 + decoded };
    case timeRegister.century:
      return { ...time, year: decoded * 100 + (time.year % 100) };
    default:
      return undefined;
  }
}

/** Do the alarm registers in `memory` name this second? */
export function alarmMatches(memory: Uint8Array, time: CalendarTime, format: RtcFormat): boolean {
  const matches = (index: number, current: number): boolean => {
    const wanted = memory[index] ?? 0;
    return wanted >= anyValue || wanted === current;
  };
  return (
    matches(timeRegister.secondsAlarm, encode(time.seconds, format)) &&
    matches(timeRegister.minutesAlarm, encode(time.minutes, format)) &&
    matches(timeRegister.hoursAlarm, encodeHours(time.hours, format))
  );
}
