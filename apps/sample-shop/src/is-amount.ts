import type { ValidationOptions } from 'class-validator';
import { ValidateBy } from 'class-validator';
import { parseMoney } from './money.js';

/** Demands a decimal amount of pounds in a text, of at most nine digits and three decimals. */
export const IsAmount = (options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isAmount',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && parseMoney(value) !== undefined,
        defaultMessage: () => '$property must be a decimal amount in a string, as in "2.55", of at most 3 decimals',
      },
    },
    options,
  );
