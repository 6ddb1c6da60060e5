import { DomainEvent } from '@annals/event-store';

/** A stock code was met for the first time. Any code is a product here, `POST` and `BANK CHARGES` too. */
@DomainEvent('product-listed')
export class ProductListed {
  /** @param description undefined while nobody has told one */
  constructor(
    readonly code: string,
    readonly description: string | undefined,
  ) {}
}
