import { Fold, Projection } from '@annals/cqrs';
import type { StreamEvent } from '@annals/event-store';
import { Injectable } from '@nestjs/common';
import { formatMoney, readMoney } from '../money.js';
import { OrderPlaced } from '../ordering/order-placed.js';
import { ReturnRecorded } from '../ordering/return-recorded.js';
import { CustomerSpendRow } from './customer-spend-row.js';

const ofCustomer = ({ data }: StreamEvent<{ readonly customer: string | undefined }>): string[] =>
  data.customer === undefined ? [] : [data.customer];

/** Adds up what each customer spent. Guests are nobody in particular. */
@Projection({ name: 'customer-spend', rows: CustomerSpendRow })
@Injectable()
export class CustomerSpend {
  @Fold(OrderPlaced, ofCustomer)
  placed(row: CustomerSpendRow | undefined, { data }: StreamEvent<OrderPlaced>, customer: string): CustomerSpendRow {
    const spend = row ?? CustomerSpendRow.of(customer);
    spend.orders += 1;
    spend.units = String(BigInt(spend.units) + BigInt(data.units));
    spend.spent = formatMoney(readMoney(spend.spent) + readMoney(data.total));
    const at = new Date(data.placedAt);
    if (spend.lastOrderAt === null || at > spend.lastOrderAt) spend.lastOrderAt = at;
    return spend;
  }

  @Fold(ReturnRecorded, ofCustomer)
  credited(
    row: CustomerSpendRow | undefined,
    { data }: StreamEvent<ReturnRecorded>,
    customer: string,
  ): CustomerSpendRow {
    const spend = row ?? CustomerSpendRow.of(customer);
    spend.credited = formatMoney(readMoney(spend.credited) + readMoney(data.total));
    return spend;
  }
}
