import { Fold, Projection } from '@annals/cqrs';
import type { StreamEvent } from '@annals/event-store';
import { Injectable } from '@nestjs/common';
import { formatMoney, readMoney } from '../money.js';
import type { OrderLine } from '../ordering/order-line.js';
import { OrderLinesAdded } from '../ordering/order-lines-added.js';
import { OrderPlaced } from '../ordering/order-placed.js';
import { ProductDayRow } from './product-day-row.js';

interface ProductDay {
  readonly code: string;
  readonly day: string;
}

/** Lines that follow do not say the order's day: each says its own where it has another. */
interface Lines {
  readonly lines: readonly OrderLine[];
  readonly placedAt?: string;
}

const dayOf = (line: OrderLine, { placedAt }: Lines): string => (line.at ?? placedAt ?? '').slice(0, 10);

/** One event changes a row for each product on it, and day. */
const productDays = ({ data }: StreamEvent<Lines>): ProductDay[] => {
  const found = new Map<string, ProductDay>();
  for (const line of data.lines) {
    const day = dayOf(line, data);
    if (day !== '') found.set(`${line.stockCode} ${day}`, { code: line.stockCode, day });
  }
  return [...found.values()];
};

/**
 * Adds up what was sold of each product on each day, in four lanes: orders of different streams may come in any order, a sum is the
 * same.
 */
@Projection({ name: 'product-sales-per-day', rows: ProductDayRow, lanes: 4 })
@Injectable()
export class ProductSales {
  @Fold(OrderPlaced, productDays)
  placed(row: ProductDayRow | undefined, { data }: StreamEvent<OrderPlaced>, key: ProductDay): ProductDayRow {
    return this.add(row, data, key);
  }

  @Fold(OrderLinesAdded, productDays)
  added(row: ProductDayRow | undefined, { data }: StreamEvent<OrderLinesAdded>, key: ProductDay): ProductDayRow {
    return this.add(row, data, key);
  }

  private add(row: ProductDayRow | undefined, sale: Lines, { code, day }: ProductDay): ProductDayRow {
    const sales = row ?? Object.assign(new ProductDayRow(), { code, day, units: '0', revenue: '0.00', orders: 0 });
    for (const line of sale.lines) {
      if (line.stockCode !== code || dayOf(line, sale) !== day) continue;
      sales.units = String(BigInt(sales.units) + BigInt(line.quantity));
      sales.revenue = formatMoney(readMoney(sales.revenue) + BigInt(line.quantity) * readMoney(line.unitPrice));
      sales.orders += 1;
    }
    return sales;
  }
}
