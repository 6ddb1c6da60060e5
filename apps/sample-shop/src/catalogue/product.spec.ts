import { describe, expect, it } from 'vitest';
import { ProductDescribed } from './product-described.js';
import { ProductListed } from './product-listed.js';
import { Product } from './product.js';
import { StockAdjusted } from './stock-adjusted.js';

const LOST = {
  number: '536589',
  ordinal: 1,
  quantity: -10,
  unitPrice: '0.00',
  note: 'damaged',
  at: '2010-12-01T16:50:00+00:00',
};

function given(...happened: ((product: Product) => void)[]): Product {
  const product = new Product('21777');
  happened.forEach((act) => act(product));
  product.markCommitted();
  return product;
}

const listed = (product: Product) => product.list('21777', undefined);
const described = (product: Product) => product.list('21777', 'RECIPE BOX');
const adjusted = (product: Product) => product.adjust('21777', LOST);

describe('A product', () => {
  it('is listed with the description it is met with', () => {
    const product = new Product('21777');
    described(product);
    expect(product.uncommitted).toEqual([new ProductListed('21777', 'RECIPE BOX')]);
  });

  it('is described later when it was met without a description', () => {
    const product = given(listed);
    described(product);
    expect(product.uncommitted).toEqual([new ProductDescribed('21777', 'RECIPE BOX')]);
  });

  it('keeps its first description', () => {
    const product = given(listed, described);
    product.list('21777', 'found box');
    expect([product.uncommitted, product.description]).toEqual([[], 'RECIPE BOX']);
  });

  it('has its stock adjusted once by a line', () => {
    const product = given(listed);
    adjusted(product);
    adjusted(product);
    const { number, ordinal, quantity, unitPrice, note, at } = LOST;
    expect(product.uncommitted).toEqual([new StockAdjusted('21777', number, ordinal, quantity, unitPrice, note, at)]);
  });

  it('refuses a line that is on record with other contents', () => {
    const product = given(listed, adjusted);
    expect(() => product.adjust('21777', { ...LOST, quantity: -9 })).toThrow(
      expect.objectContaining({ code: 'SHOP_ADJUSTMENT_EXISTS' }),
    );
  });
});
