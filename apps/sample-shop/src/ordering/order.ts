import { Aggregate, AggregateRoot, When } from '@annals/cqrs';
import { bytesOf, partsByBytes } from '../by-bytes.js';
import { formatMoney, readMoney } from '../money.js';
import { OrderExists } from './order-exists.js';
import type { OrderLine } from './order-line.js';
import { OrderLinesAdded } from './order-lines-added.js';
import type { UnitsBack } from './order-lines-returned.js';
import { OrderLinesReturned } from './order-lines-returned.js';
import { OrderPlaced } from './order-placed.js';
import { ReturnRefused } from './return-refused.js';

/** What an order says of itself when it is placed. */
export interface NewOrder {
  readonly customer?: string | undefined;
  readonly country?: string | undefined;
  readonly placedAt: string;
  readonly lines: readonly OrderLine[];
}

/** A line of an order, and what of it is still with the customer. */
export interface PlacedLine extends OrderLine {
  readonly returned: number;
}

/** An order: what was bought, and what of it came back. It never takes back more than it sold. */
@Aggregate('order')
export class Order extends AggregateRoot {
  private placed: OrderPlaced | undefined;
  private readonly byOrdinal = new Map<number, PlacedLine>();
  private readonly returns = new Set<string>();

  /** Undefined until the order is placed. */
  get head(): Pick<OrderPlaced, 'customer' | 'country' | 'placedAt' | 'total'> | undefined {
    return this.placed;
  }

  /** By ordinal. */
  get lines(): readonly PlacedLine[] {
    return [...this.byOrdinal.values()];
  }

  /**
   * Places the order; the same once more changes nothing.
   *
   * @throws OrderExists (SHOP_ORDER_EXISTS) when it was placed with other contents
   */
  place(order: NewOrder): void {
    if (this.placed !== undefined) {
      if (!this.says(order)) throw new OrderExists(this.id);
      return;
    }
    const { customer, country, placedAt, lines } = order;
    const units = lines.reduce((sum, line) => sum + line.quantity, 0);
    const total = formatMoney(lines.reduce((sum, line) => sum + worth(line, line.quantity), 0n));
    const [first = [], ...more] = partsByBytes(lines, bytesOf(customer) + bytesOf(country));
    this.apply(new OrderPlaced(this.id, customer, country, placedAt, lines.length, units, total, first));
    for (const part of more) this.apply(new OrderLinesAdded(this.id, part, placedAt));
  }

  /**
   * Takes units back; a return that was taken in already changes nothing.
   *
   * @param returnNumber of the return
   * @param back units by line; a line may be named more than once
   * @throws ReturnRefused (SHOP_RETURN_REFUSED) when a line has fewer units left, or there is no such line
   */
  takeBack(returnNumber: string, back: readonly UnitsBack[]): void {
    if (this.returns.has(returnNumber)) return;
    this.checkLeft(back);
    for (const part of partsByBytes(back)) {
      const units = part.reduce((sum, { quantity }) => sum + quantity, 0);
      const amount = part.reduce((sum, { ordinal, quantity }) => sum + worth(this.lineAt(ordinal), quantity), 0n);
      this.apply(new OrderLinesReturned(this.id, returnNumber, units, formatMoney(amount), part));
    }
  }

  private checkLeft(back: readonly UnitsBack[]): void {
    const wanted = new Map<number, number>();
    for (const { ordinal, quantity } of back) wanted.set(ordinal, (wanted.get(ordinal) ?? 0) + quantity);
    const faults = [...wanted].flatMap(([ordinal, quantity]) => {
      const line = this.byOrdinal.get(ordinal);
      if (line === undefined) return [`it has no line ${ordinal}`];
      const left = line.quantity - line.returned;
      return quantity > left ? [`line ${ordinal} has ${left} units left, not ${quantity}`] : [];
    });
    if (faults.length > 0) throw new ReturnRefused(this.id, faults);
  }

  private lineAt(ordinal: number): PlacedLine {
    const line = this.byOrdinal.get(ordinal);
    if (line === undefined) throw new ReturnRefused(this.id, [`it has no line ${ordinal}`]);
    return line;
  }

  private says({ customer, country, placedAt, lines }: NewOrder): boolean {
    const placed = this.placed;
    if (placed === undefined || placed.customer !== customer || placed.country !== country) return false;
    if (placed.placedAt !== placedAt || lines.length !== this.byOrdinal.size) return false;
    return lines.every((line) => isSame(this.byOrdinal.get(line.ordinal), line));
  }

  @When(OrderPlaced)
  protected whenPlaced(event: OrderPlaced): void {
    this.placed = event;
    this.addLines(event.lines);
  }

  @When(OrderLinesAdded)
  protected whenLinesAdded({ lines }: OrderLinesAdded): void {
    this.addLines(lines);
  }

  @When(OrderLinesReturned)
  protected whenReturned({ returnNumber, lines }: OrderLinesReturned): void {
    this.returns.add(returnNumber);
    for (const { ordinal, quantity } of lines) {
      const line = this.byOrdinal.get(ordinal);
      if (line !== undefined) this.byOrdinal.set(ordinal, { ...line, returned: line.returned + quantity });
    }
  }

  private addLines(lines: readonly OrderLine[]): void {
    for (const line of lines) this.byOrdinal.set(line.ordinal, { ...line, returned: 0 });
  }
}

const worth = ({ unitPrice }: OrderLine, quantity: number): bigint => BigInt(quantity) * readMoney(unitPrice);

const isSame = (placed: PlacedLine | undefined, line: OrderLine): boolean =>
  placed?.stockCode === line.stockCode &&
  placed.quantity === line.quantity &&
  placed.unitPrice === line.unitPrice &&
  placed.description === line.description &&
  placed.at === line.at;
