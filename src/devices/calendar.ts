// Dates as a count of seconds and back (Gregorian calendar), without the host's clock or time zone.

export interface CalendarTime {
  /** Such as 2012. */
  readonly year: number;
  /** 1–12. */
  readonly month: number;
  /** 1–31. */
  readonly day: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

export const secondsPerDay = 86_400;
const firstYear = 1970;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const leapYearsBefore = (year: number): number =>
  Math.floor((year - 1) / 4) - Math.floor((year - 1) / 100) + Math.floor((year - 1) / 400);

const daysBeforeYear = (year: number): number =>
  (year - firstYear) * 365 + leapYearsBefore(year) - leapYearsBefore(firstYear);

const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (monthLengths[month - 1] ?? 31);

/** Seconds since 1970-01-01 00:00:00. Fields past their range carry over, so 61 s is one minute and one second. */
export function secondsOf(time: CalendarTime): number {
  let days = daysBeforeYear(time.year) + time.day - 1;
  for (let month = 1; month < time.month; month++) days += daysInMonth(time.year, month);
  return days * secondsPerDay + time.hours * 3600 + time.minutes * 60 + time.seconds;
}

/** The inverse of `secondsOf`. */
export function calendarTimeOf(seconds: number): CalendarTime {
  let days = Math.floor(seconds / secondsPerDay);
  const rest = seconds - days * secondsPerDay;
  let year = firstYear + Math.min(Math.floor(days / 366), Math.floor(days / 365));
  while (daysBeforeYear(year + 1) <= days) year++;
  days -= daysBeforeYear(year);
  let month = 1;
  while (days >= daysInMonth(year, month)) days -= daysInMonth(year, month++);
  return {
    year,
    month,
    day: days + 1,
    hours: Math.floor(rest / 3600),
    minutes: Math.floor(rest / 60) % 60,
    seconds: rest % 60,
  };
}

/** 1 for Sunday to 7 for Saturday, as the MC146818 counts. */
export const weekdayOf = (seconds: number): number => ((Math.floor(seconds / secondsPerDay) + 4) % 7) + 1;
