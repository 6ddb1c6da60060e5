import type { ProjectionContext } from '@annals/cqrs';
import { On, Projection } from '@annals/cqrs';
import type { RecordedEvent } from '@annals/event-store';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { formatMoney, readMoney } from '../money.js';
import { OrderLinesAdded } from '../ordering/order-lines-added.js';
import type { OrderLine } from '../ordering/order-line.js';
import { OrderPlaced } from '../ordering/order-placed.js';
import { ReturnLinesRecorded } from '../ordering/return-lines-recorded.js';
import type { RecordedReturnLine } from '../ordering/return-line.js';
import { ReturnRecorded } from '../ordering/return-recorded.js';
import { ProductDescribed } from './product-described.js';
import { ProductListed } from './product-listed.js';
import { StockAdjusted } from './stock-adjusted.js';

/** Keeps the list of products and what was sold of each. One statement an event, however many lines it has. */
@Projection({ name: 'product-list' })
@Injectable()
export class ProductList {
  @On(ProductListed)
  listed({ data }: RecordedEvent<ProductListed>, { manager }: ProjectionContext): Promise<void> {
    return describe(manager, data.code, data.description);
  }

  @On(ProductDescribed)
  described({ data }: RecordedEvent<ProductDescribed>, { manager }: ProjectionContext): Promise<void> {
    return describe(manager, data.code, data.description);
  }

  @On(StockAdjusted)
  adjusted({ data }: RecordedEvent<StockAdjusted>, { manager }: ProjectionContext): Promise<void> {
    return count(manager, 'adjusted', [data.code], [data.quantity], ['0']);
  }

  @On(OrderPlaced)
  placed({ data }: RecordedEvent<OrderPlaced>, { manager }: ProjectionContext): Promise<void> {
    return sell(manager, data.lines);
  }

  @On(OrderLinesAdded)
  added({ data }: RecordedEvent<OrderLinesAdded>, { manager }: ProjectionContext): Promise<void> {
    return sell(manager, data.lines);
  }

  @On(ReturnRecorded)
  returned({ data }: RecordedEvent<ReturnRecorded>, { manager }: ProjectionContext): Promise<void> {
    return takeBack(manager, data.lines);
  }

  @On(ReturnLinesRecorded)
  returnedToo({ data }: RecordedEvent<ReturnLinesRecorded>, { manager }: ProjectionContext): Promise<void> {
    return takeBack(manager, data.lines);
  }
}

const sell = (manager: EntityManager, lines: readonly OrderLine[]): Promise<void> =>
  count(
    manager,
    'sold',
    lines.map((line) => line.stockCode),
    lines.map((line) => line.quantity),
    lines.map((line) => formatMoney(BigInt(line.quantity) * readMoney(line.unitPrice))),
  );

const takeBack = (manager: EntityManager, lines: readonly RecordedReturnLine[]): Promise<void> =>
  count(
    manager,
    'returned',
    lines.map((line) => line.stockCode),
    lines.map((line) => -line.quantity),
    lines.map(() => '0'),
  );

const COUNT = {
  sold: 'sold = known.sold + excluded.sold, revenue = known.revenue + excluded.revenue',
  returned: 'returned = known.returned + excluded.returned',
  adjusted: 'adjusted = known.adjusted + excluded.adjusted',
} as const;

async function count(
  manager: EntityManager,
  what: keyof typeof COUNT,
  codes: readonly string[],
  units: readonly number[],
  revenues: readonly string[],
): Promise<void> {
  await manager.query(
    `INSERT INTO shop.product AS known (code, ${what}, revenue)
     SELECT code, sum(units), sum(revenue) FROM unnest($1::text[], $2::bigint[], $3::numeric[]) line (code, units, revenue)
     GROUP BY code ORDER BY code
     ON CONFLICT (code) DO UPDATE SET ${COUNT[what]}`,
    [codes, units, revenues],
  );
}

async function describe(manager: EntityManager, code: string, description: string | undefined): Promise<void> {
  await manager.query(
    `INSERT INTO shop.product AS known (code, description) VALUES ($1, $2)
     ON CONFLICT (code) DO UPDATE SET description = coalesce(known.description, excluded.description)`,
    [code, description],
  );
}
