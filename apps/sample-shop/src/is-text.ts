import type { ValidationOptions } from 'class-validator';
import { ValidateBy } from 'class-validator';

/** Of one field, and of a whole line of a file. */
const MAX_TEXT_LENGTH = 65_536;

// Neither an event nor a text column can hold these.
const WRITABLE = /^[^\0\p{Cs}]*$/u;

/**
 * Demands a text that can be stored: without NUL and lone surrogates, and not empty.
 *
 * @param max characters at the most
 */
export const IsText = (max = MAX_TEXT_LENGTH, options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isText',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.length > 0 && value.length <= max && WRITABLE.test(value),
        defaultMessage: () => `$property must be a text of 1 to ${max} characters without NUL`,
      },
    },
    options,
  );
