import { DateTime } from 'luxon';

/** The zone of the shop's clock. */
const SHOP_ZONE = 'Europe/London';

/** The order of day, month and year in a file: `2010-12-01 08:26:00`, `1/12/2010 8:26` or `12/1/2010 8:26`. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

const TIME = '[ T](?<hour>\\d{1,2}):(?<minute>\\d{2})(?::(?<second>\\d{2})(?:\\.0+)?)?$';
const PATTERNS: Readonly<Record<DateOrder, RegExp>> = {
  ymd: new RegExp(`^(?<year>\\d{4})(?<mark>[-/.])(?<month>\\d{1,2})\\k<mark>(?<day>\\d{1,2})${TIME}`),
  dmy: new RegExp(`^(?<day>\\d{1,2})(?<mark>[-/.])(?<month>\\d{1,2})\\k<mark>(?<year>\\d{4})${TIME}`),
  mdy: new RegExp(`^(?<month>\\d{1,2})(?<mark>[-/.])(?<day>\\d{1,2})\\k<mark>(?<year>\\d{4})${TIME}`),
};

const FIRST_YEAR = 1900;

/** Reads local UK time; gives ISO 8601 with its offset (`2011-03-31T11:20:00+01:00`), or undefined when it is no time. */
export type TimeReader = (text: string) => string | undefined;

/**
 * A reader of invoice times in one date order. A date that no calendar has (30 February) and one without a time of day are
 * unreadable. The hour that the clock skips in spring is read as an hour later; of the two that it shows in autumn the
 * first is taken.
 *
 * @param order the order of day, month and year
 */
export function timeReader(order: DateOrder): TimeReader {
  // Lines of one invoice stand together and carry the same time, so remembering one text saves nearly all of the work.
  let last: { readonly text: string; readonly time: string | undefined } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, time: readTime(text, PATTERNS[order]) };
    return last.time;
  };
}

function readTime(text: string, pattern: RegExp): string | undefined {
  const { mark: _, ...parts } = pattern.exec(text)?.groups ?? {};
  const {
    year,
    month,
    day,
    hour,
    minute,
    second = 0,
  } = Object.fromEntries(
    Object.entries<string | undefined>(parts).map(([part, digits]) => [part, Number(digits ?? 0)]),
  );
  // luxon reads 24:00 as the next day's midnight; in an export it is a fault like 25:00.
  if (year === undefined || year < FIRST_YEAR || hour === undefined || hour > 23) return undefined;
  const local = DateTime.fromObject({ year, month, day, hour, minute, second }, { zone: SHOP_ZONE });
  if (!local.isValid) return undefined;
  return DateTime.min(...local.getPossibleOffsets())?.toISO({ suppressMilliseconds: true });
}
