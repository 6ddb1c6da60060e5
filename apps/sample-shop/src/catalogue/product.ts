import { Aggregate, AggregateRoot, When } from '@annals/cqrs';
import { instanceOf } from '@annals/event-store';
import { AdjustmentExists } from './adjustment-exists.js';
import { ProductDescribed } from './product-described.js';
import { ProductListed } from './product-listed.js';
import { StockAdjusted } from './stock-adjusted.js';

/** One line of a stock adjustment. */
export type StockChange = Omit<StockAdjusted, 'code'>;

/**
 * A product of the catalogue. The aggregate's id is the name in the stream; the code may be any text. A product is adjusted
 * again and again over the years, so its state is kept in snapshots.
 */
@Aggregate({ category: 'product', snapshot: { every: 20, codecs: [instanceOf(StockAdjusted)] } })
export class Product extends AggregateRoot {
  private listed: { readonly code: string; description: string | undefined } | undefined;
  private readonly adjustments = new Map<string, StockChange>();

  /** Undefined until the product is listed. */
  get description(): string | undefined {
    return this.listed?.description;
  }

  /**
   * Lists the product, or describes it when it is listed without a description. The first description stays.
   *
   * @param code as invoices have it
   * @param description undefined when none is known
   */
  list(code: string, description: string | undefined): void {
    if (this.listed === undefined) this.apply(new ProductListed(code, description));
    else if (this.listed.description === undefined && description !== undefined)
      this.apply(new ProductDescribed(code, description));
  }

  /**
   * Adjusts the stock; a line that was taken in already changes nothing.
   *
   * @throws AdjustmentExists (SHOP_ADJUSTMENT_EXISTS) when the line was taken in with other contents
   */
  adjust(code: string, change: StockChange): void {
    const { number, ordinal, quantity, unitPrice, note, at } = change;
    const known = this.adjustments.get(keyOf(change));
    if (known === undefined) this.apply(new StockAdjusted(code, number, ordinal, quantity, unitPrice, note, at));
    else if (known.quantity !== quantity || known.unitPrice !== unitPrice || known.at !== at || known.note !== note)
      throw new AdjustmentExists(number);
  }

  @When(ProductListed)
  protected whenListed({ code, description }: ProductListed): void {
    this.listed = { code, description };
  }

  @When(ProductDescribed)
  protected whenDescribed({ code, description }: ProductDescribed): void {
    this.listed = { code, description };
  }

  @When(StockAdjusted)
  protected whenAdjusted(event: StockAdjusted): void {
    this.adjustments.set(keyOf(event), event);
  }
}

const keyOf = ({ number, ordinal }: StockChange): string => `${number}/${ordinal}`;
