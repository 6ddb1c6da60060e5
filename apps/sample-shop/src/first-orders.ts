import { fileURLToPath } from 'node:url';

/** The two weeks of real orders that a new shop begins with. */
export const FIRST_ORDERS = fileURLToPath(
  new URL('../../../../apps/sample-shop/data/online-retail-2weeks.csv.gz', import.meta.url),
);
