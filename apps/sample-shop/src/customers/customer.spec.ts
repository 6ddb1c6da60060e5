import { describe, expect, it } from 'vitest';
import { CustomerRegistered } from './customer-registered.js';
import { Customer } from './customer.js';

const FIRST = { number: '536365', country: 'France', placedAt: '2010-12-01T08:26:00+00:00' };

describe('A customer', () => {
  it('is registered with the first order', () => {
    const customer = new Customer('17850');
    customer.register('17850', FIRST);
    expect(customer.uncommitted).toEqual([new CustomerRegistered('17850', 'France', FIRST.placedAt, '536365')]);
  });

  it('is registered once', () => {
    const customer = new Customer('17850');
    customer.register('17850', FIRST);
    customer.register('17850', { ...FIRST, number: '536366' });
    expect(customer.uncommitted).toHaveLength(1);
  });
});
