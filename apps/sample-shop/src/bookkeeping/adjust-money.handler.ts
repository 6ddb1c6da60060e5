import type { DeciderRepository, ICommandHandler } from '@annals/cqrs';
import { CommandHandler, InjectAggregates } from '@annals/cqrs';
import type { Recorded } from '../recorded.js';
import { AdjustMoney } from './adjust-money.js';
import type { MoneyAdjusted } from './money-adjusted.js';
import type { MoneyAdjustmentRequest, MoneyAdjustmentState } from './money-adjustment.js';
import { moneyAdjustment } from './money-adjustment.js';

/** @throws AdjustmentExists (SHOP_ADJUSTMENT_EXISTS) when the number is on record with other contents */
@CommandHandler(AdjustMoney)
export class AdjustMoneyHandler implements ICommandHandler<AdjustMoney> {
  constructor(
    @InjectAggregates(moneyAdjustment)
    private readonly adjustments: DeciderRepository<MoneyAdjustmentState, MoneyAdjustmentRequest, MoneyAdjusted>,
  ) {}

  async execute({ commandId, ...request }: AdjustMoney): Promise<Recorded> {
    const options = commandId === undefined ? undefined : { commandId };
    const { events } = await this.adjustments.handle(request.number, request, options);
    return events.length === 0 ? 'already' : 'new';
  }
}
