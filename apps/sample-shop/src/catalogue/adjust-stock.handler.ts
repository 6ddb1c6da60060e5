import type { ICommandHandler, Repository } from '@annals/cqrs';
import { CommandHandler, InjectAggregates } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import { nameInStream } from '../name-in-stream.js';
import type { Recorded } from '../recorded.js';
import { appendTogether, changesOf } from '../together.js';
import type { StockAdjustmentLine } from './adjust-stock.js';
import { AdjustStock } from './adjust-stock.js';
import { Product } from './product.js';

/** @throws AdjustmentExists (SHOP_ADJUSTMENT_EXISTS) when a line is on record with other contents */
@CommandHandler(AdjustStock)
export class AdjustStockHandler implements ICommandHandler<AdjustStock> {
  constructor(
    private readonly store: EventStore,
    @InjectAggregates(Product) private readonly products: Repository<Product>,
  ) {}

  async execute({ number, lines, commandId }: AdjustStock): Promise<Recorded> {
    const codes = new Map<string, StockAdjustmentLine[]>();
    for (const line of lines) codes.set(line.stockCode, [...(codes.get(line.stockCode) ?? []), line]);
    const changes = await Promise.all([...codes].map(([code, own]) => this.adjust(number, code, own)));
    const isNew = await appendTogether(this.store, changes.flat(), commandId);
    return isNew ? 'new' : 'already';
  }

  private async adjust(number: string, code: string, lines: readonly StockAdjustmentLine[]) {
    const name = nameInStream(code);
    const product = (await this.products.find(name)) ?? new Product(name);
    product.list(code, undefined);
    for (const { ordinal, quantity, unitPrice, note, at } of lines)
      product.adjust(code, { number, ordinal, quantity, unitPrice, note, at });
    return changesOf(this.products, product);
  }
}
