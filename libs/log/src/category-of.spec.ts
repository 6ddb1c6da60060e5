import { describe, expect, it } from 'vitest';
import { categoryOf } from './category-of.js';

describe('categoryOf', () => {
  it.each([
    ['order-4711', 'order'],
    ['order-2024-17', 'order'],
    ['order', 'order'],
    ['sagaCheckout-a_b', 'sagaCheckout'],
    ['-1', ''],
    ['', ''],
  ])('takes of %j what stands before the first hyphen', (stream, category) => {
    expect(categoryOf(stream)).toBe(category);
  });
});
