import type { EventStore, RecordedEvent } from '@annals/event-store';
import { OrderLinesAdded } from '../ordering/order-lines-added.js';
import { OrderLinesReturned } from '../ordering/order-lines-returned.js';
import type { OrderLine } from '../ordering/order-line.js';
import { OrderPlaced } from '../ordering/order-placed.js';
import { ReturnLinesRecorded } from '../ordering/return-lines-recorded.js';
import type { RecordedReturnLine } from '../ordering/return-line.js';
import { ReturnRecorded } from '../ordering/return-recorded.js';
import type { OpenSale, ReturnedUnits, ReturnMatch } from './return-match.js';

const TYPES = [
  'order-placed',
  'order-lines-added',
  'order-lines-returned',
  'return-recorded',
  'return-lines-recorded',
] as const;

/** A line of an order on record. */
export interface RecordedSale extends OpenSale {
  readonly customer: string;
  readonly stockCode: string;
  /** Milliseconds since 1970. */
  readonly soldAt: number;
}

/** What the shop knows, beside the file that is being imported, of sales and of what came back. */
export interface RecordedSales {
  /** Order lines of customers on invoices that the file does not have, oldest first, less what came back. */
  readonly sales: readonly RecordedSale[];
  /** Units of lines that came back on returns which the file does not have; for `unitsBack`. */
  readonly takenBack: ReadonlyMap<string, number>;
  /** The matches of C invoices of the file that are on record: a match is decided once. */
  readonly matches: ReadonlyMap<string, readonly ReturnMatch[]>;
}

/** A shop that knows nothing. */
export const NOTHING_RECORDED: RecordedSales = { sales: [], takenBack: new Map(), matches: new Map() };

/** Names a line of an order. */
export const saleKey = (invoice: string, ordinal: number): string => `${invoice}/${ordinal}`;

/**
 * Reads from the events what a file's returns may be matched to beside the file itself. Invoices of the file are left to
 * the file, recorded or not: so an import that was killed decides as it did before, when it is run again.
 *
 * @param store of the shop
 * @param inFile the invoices of the file
 */
export async function recordedSales(
  store: EventStore,
  inFile: Pick<ReadonlySet<string>, 'has'>,
): Promise<RecordedSales> {
  const found = new Findings(inFile);
  for await (const event of store.readAll(undefined, { types: TYPES })) found.add(event);
  return found.recorded();
}

interface Buyer {
  readonly customer: string;
  readonly soldAt: number;
}

class Findings {
  private readonly buyers = new Map<string, Buyer>();
  private readonly sold: RecordedSale[] = [];
  private readonly takenBack = new Map<string, number>();
  private readonly returnLines = new Map<string, RecordedReturnLine[]>();
  private readonly unitsBack = new Map<string, ReturnedUnits[]>();

  constructor(private readonly inFile: Pick<ReadonlySet<string>, 'has'>) {}

  add({ data }: RecordedEvent): void {
    if (data instanceof OrderPlaced) this.placed(data);
    else if (data instanceof OrderLinesAdded) this.lines(data.number, data.lines);
    else if (data instanceof OrderLinesReturned) this.returned(data);
    else if (data instanceof ReturnRecorded || data instanceof ReturnLinesRecorded) this.returnRecorded(data);
  }

  recorded(): RecordedSales {
    const sales = this.sold
      .map((sale) => ({ ...sale, remaining: sale.remaining - this.back(sale.invoice, sale.ordinal) }))
      .sort((one, other) => one.soldAt - other.soldAt);
    const matches = [...this.returnLines].map(([number, lines]) => [number, lines.map(this.matchOf(number))] as const);
    return { sales, takenBack: this.takenBack, matches: new Map(matches) };
  }

  private placed({ number, customer, placedAt, lines }: OrderPlaced): void {
    if (customer === undefined || this.inFile.has(number)) return;
    this.buyers.set(number, { customer, soldAt: Date.parse(placedAt) });
    this.lines(number, lines);
  }

  private lines(invoice: string, lines: readonly OrderLine[]): void {
    const buyer = this.buyers.get(invoice);
    if (buyer === undefined) return;
    for (const { ordinal, stockCode, quantity } of lines)
      this.sold.push({ ...buyer, invoice, ordinal, stockCode, remaining: quantity });
  }

  private returned({ number, returnNumber, lines }: OrderLinesReturned): void {
    for (const { ordinal, quantity, returnOrdinal } of lines) {
      const key = saleKey(number, ordinal);
      if (!this.inFile.has(returnNumber)) this.takenBack.set(key, (this.takenBack.get(key) ?? 0) + quantity);
      else {
        const match = saleKey(returnNumber, returnOrdinal);
        const units = this.unitsBack.get(match) ?? [];
        this.unitsBack.set(match, units);
        units.push({ invoice: number, ordinal, quantity });
      }
    }
  }

  private returnRecorded({ number, lines }: ReturnRecorded | ReturnLinesRecorded): void {
    if (this.inFile.has(number)) this.returnLines.set(number, [...(this.returnLines.get(number) ?? []), ...lines]);
  }

  private back(invoice: string, ordinal: number): number {
    return this.takenBack.get(saleKey(invoice, ordinal)) ?? 0;
  }

  private readonly matchOf =
    (number: string) =>
    ({ ordinal, isMatched, excess }: RecordedReturnLine): ReturnMatch => ({
      isMatched,
      returned: this.unitsBack.get(saleKey(number, ordinal)) ?? [],
      excess,
    });
}
