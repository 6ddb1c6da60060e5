import { derivedId } from '@annals/message';
import { AdjustMoney, MoneyAdjustmentLine } from '../bookkeeping/adjust-money.js';
import { AdjustStock, StockAdjustmentLine } from '../catalogue/adjust-stock.js';
import { formatMoney } from '../money.js';
import { OrderLineInput } from '../ordering/order-line.js';
import { PlaceOrder } from '../ordering/place-order.js';
import { RecordReturn } from '../ordering/record-return.js';
import { ReturnedSale, ReturnLine } from '../ordering/return-line.js';
import type { EntryLine } from './entry.js';
import type { ReplayedEntry } from './replay.js';

/** What the import's command ids are derived from: the same invoice is the same command, whenever it is imported. */
const IMPORTS = '012c9f0e-0000-7000-8000-000000000000';

export type ImportCommand = AdjustMoney | AdjustStock | PlaceOrder | RecordReturn;

/** The command that takes an entry of a file in. */
export function commandOf({ entry, matches }: ReplayedEntry): ImportCommand {
  const { kind, invoice: number, customer, country, at } = entry;
  const commandId = derivedId(IMPORTS, `${kind}/${number}`);
  const common = { number, commandId, ...(customer && { customer }), ...(country && { country }) };
  switch (kind) {
    case 'order':
      return new PlaceOrder({ ...common, placedAt: at, lines: entry.lines.map((line) => orderLine(line, at)) });
    case 'cancellation': {
      const lines = entry.lines.map((line, index) => {
        const { isMatched = false, returned = [], excess = 0 } = matches[index] ?? {};
        const sales = returned.map(
          ({ invoice, ordinal, quantity }) => new ReturnedSale({ order: invoice, ordinal, quantity }),
        );
        return new ReturnLine({ ...lineOf(line, at), isMatched, excess, returned: sales });
      });
      return new RecordReturn({ ...common, returnedAt: at, lines });
    }
    case 'stock-adjustment': {
      const lines = entry.lines.map(({ description: note, ...line }) => new StockAdjustmentLine(stockLine(line, note)));
      return new AdjustStock({ number, commandId, lines });
    }
    case 'money-adjustment': {
      const lines = entry.lines.map((line) => new MoneyAdjustmentLine(lineOf(line, at)));
      return new AdjustMoney({ number, commandId, adjustedAt: at, lines });
    }
  }
}

const orderLine = (line: EntryLine, at: string): OrderLineInput => new OrderLineInput(lineOf(line, at));

const lineOf = ({ ordinal, stockCode, description, quantity, unitPrice, at }: EntryLine, first: string) => ({
  ordinal,
  stockCode,
  quantity,
  unitPrice: formatMoney(unitPrice),
  ...(description === undefined ? {} : { description }),
  ...(at === first ? {} : { at }),
});

const stockLine = (
  { ordinal, stockCode, quantity, unitPrice, at }: Omit<EntryLine, 'description'>,
  note: string | undefined,
): StockAdjustmentLine => ({
  ordinal,
  stockCode,
  quantity,
  unitPrice: formatMoney(unitPrice),
  at,
  ...(note === undefined ? {} : { note }),
});
