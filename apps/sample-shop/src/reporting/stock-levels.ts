import { Fold, Projection } from '@annals/cqrs';
import type { StreamEvent } from '@annals/event-store';
import { Injectable } from '@nestjs/common';
import { StockAdjusted } from '../catalogue/stock-adjusted.js';
import { OrderLinesAdded } from '../ordering/order-lines-added.js';
import { OrderPlaced } from '../ordering/order-placed.js';
import { ReturnLinesRecorded } from '../ordering/return-lines-recorded.js';
import { ReturnRecorded } from '../ordering/return-recorded.js';
import { StockLevelRow } from './stock-level-row.js';

interface Moved {
  readonly lines: readonly {
    readonly stockCode: string;
    readonly quantity: number;
    readonly at?: string | undefined;
  }[];
}

const codes = ({ data }: StreamEvent<Moved>): string[] => [...new Set(data.lines.map(({ stockCode }) => stockCode))];

/** Follows what comes and goes: sales, returns, and what was found, lost or broken. */
@Projection({ name: 'stock-level', rows: StockLevelRow })
@Injectable()
export class StockLevels {
  @Fold(OrderPlaced, codes)
  placed(row: StockLevelRow | undefined, { data }: StreamEvent<OrderPlaced>, code: string): StockLevelRow {
    return move(row, code, -unitsOf(data, code), data.placedAt);
  }

  @Fold(OrderLinesAdded, codes)
  added(row: StockLevelRow | undefined, { data }: StreamEvent<OrderLinesAdded>, code: string): StockLevelRow {
    return move(row, code, -unitsOf(data, code));
  }

  @Fold(ReturnRecorded, codes)
  returned(row: StockLevelRow | undefined, { data }: StreamEvent<ReturnRecorded>, code: string): StockLevelRow {
    return move(row, code, -unitsOf(data, code), data.returnedAt);
  }

  @Fold(ReturnLinesRecorded, codes)
  returnedToo(row: StockLevelRow | undefined, { data }: StreamEvent<ReturnLinesRecorded>, code: string): StockLevelRow {
    return move(row, code, -unitsOf(data, code));
  }

  @Fold(StockAdjusted, ({ data }) => data.code)
  adjusted(row: StockLevelRow | undefined, { data }: StreamEvent<StockAdjusted>, code: string): StockLevelRow {
    return move(row, code, data.quantity, data.at);
  }
}

/** A return's quantities are negative already. */
const unitsOf = ({ lines }: Moved, code: string): number =>
  lines.reduce((sum, line) => (line.stockCode === code ? sum + line.quantity : sum), 0);

function move(row: StockLevelRow | undefined, code: string, units: number, at?: string): StockLevelRow {
  const stock = row ?? Object.assign(new StockLevelRow(), { code, level: '0', movedAt: new Date(0) });
  stock.level = String(BigInt(stock.level) + BigInt(units));
  const moved = at === undefined ? stock.movedAt : new Date(at);
  if (moved > stock.movedAt) stock.movedAt = moved;
  return stock;
}
