import type { CategorisedDecider } from '@annals/cqrs';
import { AdjustmentExists } from '../catalogue/adjustment-exists.js';
import { partsByBytes } from '../by-bytes.js';
import { formatMoney, readMoney } from '../money.js';
import type { MoneyAdjustmentLine } from './adjust-money.js';
import { MoneyAdjusted } from './money-adjusted.js';

/** What is decided on: an A invoice. */
export interface MoneyAdjustmentRequest {
  readonly number: string;
  readonly adjustedAt: string;
  readonly lines: readonly MoneyAdjustmentLine[];
}

/** What is on record of an A invoice; undefined before it is recorded. */
export type MoneyAdjustmentState =
  { readonly adjustedAt: string; readonly lines: readonly MoneyAdjustmentLine[] } | undefined;

/** An A invoice, in the style of a decider: pure functions instead of a class. */
export const moneyAdjustment: CategorisedDecider<MoneyAdjustmentState, MoneyAdjustmentRequest, MoneyAdjusted> = {
  category: 'adjustment',
  initialState: () => undefined,
  decide: ({ number, adjustedAt, lines }, state) => {
    if (state === undefined)
      return partsByBytes(lines).map((part) => new MoneyAdjusted(number, adjustedAt, totalOf(part), part));
    if (state.adjustedAt !== adjustedAt || !areSame(state.lines, lines)) throw new AdjustmentExists(number);
    return [];
  },
  evolve: (state, { adjustedAt, lines }) => ({ adjustedAt, lines: [...(state?.lines ?? []), ...lines] }),
};

const totalOf = (lines: readonly MoneyAdjustmentLine[]): string =>
  formatMoney(lines.reduce((sum, { quantity, unitPrice }) => sum + BigInt(quantity) * readMoney(unitPrice), 0n));

const areSame = (some: readonly MoneyAdjustmentLine[], others: readonly MoneyAdjustmentLine[]): boolean =>
  some.length === others.length &&
  some.every((line, index) => {
    const other = others[index];
    return (
      line.ordinal === other?.ordinal &&
      line.stockCode === other.stockCode &&
      line.description === other.description &&
      line.quantity === other.quantity &&
      line.unitPrice === other.unitPrice
    );
  });
