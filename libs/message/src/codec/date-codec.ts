import type { Codec } from './codec.js';

const ISO = /^[+-]?\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Dates as ISO 8601 in UTC with milliseconds, as `Date.toISOString` writes them. An invalid date is of no kind. */
export const dateCodec: Codec<Date> = {
  name: 'date',
  is: (value): value is Date => value instanceof Date && !Number.isNaN(value.getTime()),
  encode: (value) => value.toISOString(),
  decode: (encoded) => {
    const date = typeof encoded === 'string' && ISO.test(encoded) ? new Date(encoded) : undefined;
    // Date takes 30 February for 2 March.
    if (date === undefined || Number.isNaN(date.getTime()) || date.toISOString() !== encoded) {
      throw new TypeError(`${JSON.stringify(encoded)} is no instant, as in "2011-12-09T12:50:00.000Z"`);
    }
    return date;
  },
};
