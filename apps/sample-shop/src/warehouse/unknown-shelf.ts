import { AnnalsError } from '@annals/message';

/** The order names goods that lie on no shelf the warehouse knows. */
export class UnknownShelf extends AnnalsError {
  readonly code = 'SHOP_UNKNOWN_SHELF';

  constructor(
    readonly order: string,
    readonly codes: readonly string[],
  ) {
    super(
      `Order ${order} cannot be picked: no shelf has ${codes.join(', ')}; say which of them are services, then send it back`,
    );
  }
}
