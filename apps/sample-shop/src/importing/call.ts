import { parseArgs } from 'node:util';
import { messageOf } from '@annals/message';
import { FIRST_ORDERS } from '../first-orders.js';
import type { SurveyOptions } from './survey.js';
import { WrongCall } from './wrong-call.js';

/** What `--help` prints. */
export const USAGE = `usage: npm run shop:import [-- FILE.csv[.gz]] [options]

Without a file the two weeks of real orders that come with the shop are imported.

  --json              print the summary as one JSON object, and nothing else, on stdout
  --date-order ORDER  ymd (default), dmy or mdy
  --encoding NAME     utf-8 or latin-1 (default: found out)
  --report FILE       write the rejected lines there, with their reasons, instead of on stderr
  --help              print this

Ends with 0 when all accepted lines are taken in, also when lines were rejected; 1 when the import failed, or invoices that
contradict what is on record were left out; 2 when the file cannot be read or the call is wrong; 130 when it was
interrupted: run again, it goes on where it was. DATABASE_URL names the database, else the embedded one in .annals/ is used.`;

const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;
const ENCODINGS = ['utf-8', 'latin-1'] as const;

/** What the caller wants imported, and how. */
export interface Call {
  readonly file: string;
  readonly json: boolean;
  /** Where rejected lines are listed; undefined for stderr. */
  readonly report: string | undefined;
  readonly options: Pick<SurveyOptions, 'dateOrder' | 'encoding'>;
}

/**
 * Reads the arguments of the import.
 *
 * @param args without the program's own names
 * @throws WrongCall (SHOP_WRONG_CALL) saying what is wrong with them
 */
export function readCall(args: readonly string[]): Call | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  if (positionals.length > 1) throw new WrongCall(`One file at a time, not ${positionals.join(' and ')}`);
  if (positionals[0] === '') throw new WrongCall('The name of the file is empty');
  if (values.report === '') throw new WrongCall('--report takes the name of a file');
  const dateOrder = oneOf('--date-order', DATE_ORDERS, values['date-order']);
  const encoding = oneOf('--encoding', ENCODINGS, values.encoding);
  return {
    file: positionals[0] ?? FIRST_ORDERS,
    json: values.json,
    report: values.report,
    options: { ...(dateOrder && { dateOrder }), ...(encoding && { encoding }) },
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        'date-order': { type: 'string' },
        encoding: { type: 'string' },
        report: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new WrongCall(messageOf(error), error);
  }
}

function oneOf<Value extends string>(name: string, values: readonly Value[], given?: string): Value | undefined {
  const found = values.find((value) => value === given);
  if (given !== undefined && found === undefined)
    throw new WrongCall(`${name} takes ${values.join(', ')}, not ${JSON.stringify(given)}`);
  return found;
}
