import { given } from '@annals/cqrs/testing';
import { describe, it } from 'vitest';
import { ProductDescribed } from './product-described.js';
import { ProductListed } from './product-listed.js';
import { Product } from './product.js';
import { StockAdjusted } from './stock-adjusted.js';

const CODE = '21777';
const LOST = {
  number: '536589',
  ordinal: 1,
  quantity: -10,
  unitPrice: '0.00',
  note: 'damaged',
  at: '2010-12-01T16:50:00+00:00',
};
const { number, ordinal, quantity, unitPrice, note, at } = LOST;
const ADJUSTED = new StockAdjusted(CODE, number, ordinal, quantity, unitPrice, note, at);

const list =
  (description?: string) =>
  (product: Product): void => {
    product.list(CODE, description);
  };
const adjust =
  (change = LOST) =>
  (product: Product): void => {
    product.adjust(CODE, change);
  };

describe('A product', () => {
  it('is listed with the description it is met with', async () => {
    await given(Product).when(list('RECIPE BOX')).thenEvents(new ProductListed(CODE, 'RECIPE BOX'));
  });

  it('is described later when it was met without a description', async () => {
    const listed = new ProductListed(CODE, undefined);
    await given(Product, listed).when(list('RECIPE BOX')).thenEvents(new ProductDescribed(CODE, 'RECIPE BOX'));
  });

  it('keeps its first description', async () => {
    const listed = new ProductListed(CODE, 'RECIPE BOX');
    await given(Product, listed).when(list('found box')).thenNothing();
    await given(Product, listed).when(list('found box')).thenState({ description: 'RECIPE BOX' });
  });

  it('has its stock adjusted once by a line', async () => {
    const listed = new ProductListed(CODE, undefined);
    await given(Product, listed).when(adjust()).thenEvents(ADJUSTED);
    await given(Product, listed, ADJUSTED).when(adjust()).thenNothing();
  });

  it('refuses a line that is on record with other contents', async () => {
    const other = adjust({ ...LOST, quantity: -9 });
    await given(Product, ADJUSTED).when(other).thenRefused('SHOP_ADJUSTMENT_EXISTS');
  });
});
