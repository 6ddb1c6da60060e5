import type { ValidationOptions } from 'class-validator';
import { ValidateBy } from 'class-validator';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Demands a point in time as ISO 8601 with its offset. */
export const IsInstant = (options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isInstant',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
        defaultMessage: () => '$property must be a time with its offset, as in 2010-12-01T08:26:00+00:00',
      },
    },
    options,
  );
