import { Aggregate, AggregateRoot, When } from '@annals/cqrs';
import { bytesOf, partsByBytes } from '../by-bytes.js';
import { formatMoney, readMoney } from '../money.js';
import { ReturnExists } from './return-exists.js';
import type { RecordedReturnLine } from './return-line.js';
import { ReturnLinesRecorded } from './return-lines-recorded.js';
import { ReturnRecorded } from './return-recorded.js';

/** What a return says of itself when it is recorded. */
export interface NewReturn {
  readonly customer?: string | undefined;
  readonly country?: string | undefined;
  readonly returnedAt: string;
  readonly lines: readonly RecordedReturnLine[];
}

/** A return: a C invoice, or lines taken back by the shop. What it gives back stands on the orders. */
@Aggregate('return')
export class Return extends AggregateRoot {
  private recorded: ReturnRecorded | undefined;
  private lines: readonly RecordedReturnLine[] = [];

  /**
   * Records the return. The same once more changes nothing, whatever it is matched to by now: a match is decided once.
   *
   * @returns whether it was new
   * @throws ReturnExists (SHOP_RETURN_EXISTS) when it was recorded with other contents
   */
  record(given: NewReturn): boolean {
    if (this.recorded !== undefined) {
      if (!this.says(given)) throw new ReturnExists(this.id);
      return false;
    }
    const { customer, country, returnedAt, lines } = given;
    const total = lines.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * readMoney(unitPrice), 0n);
    const [first = [], ...more] = partsByBytes(lines, bytesOf(customer) + bytesOf(country));
    this.apply(new ReturnRecorded(this.id, customer, country, returnedAt, lines.length, formatMoney(total), first));
    for (const part of more) this.apply(new ReturnLinesRecorded(this.id, part));
    return true;
  }

  private says({ customer, country, returnedAt, lines }: NewReturn): boolean {
    const recorded = this.recorded;
    if (recorded === undefined || recorded.customer !== customer || recorded.country !== country) return false;
    if (recorded.returnedAt !== returnedAt || lines.length !== this.lines.length) return false;
    return lines.every((line, index) => isSame(this.lines[index], line));
  }

  @When(ReturnRecorded)
  protected whenRecorded(event: ReturnRecorded): void {
    this.recorded = event;
    this.lines = event.lines;
  }

  @When(ReturnLinesRecorded)
  protected whenLinesRecorded({ lines }: ReturnLinesRecorded): void {
    this.lines = [...this.lines, ...lines];
  }
}

const isSame = (recorded: RecordedReturnLine | undefined, line: RecordedReturnLine): boolean =>
  recorded?.ordinal === line.ordinal &&
  recorded.stockCode === line.stockCode &&
  recorded.quantity === line.quantity &&
  recorded.unitPrice === line.unitPrice &&
  recorded.description === line.description &&
  recorded.at === line.at;
