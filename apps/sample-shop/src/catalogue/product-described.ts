import { DomainEvent } from '@annals/event-store';

/** A product that was listed without a description got one. */
@DomainEvent('product-described')
export class ProductDescribed {
  constructor(
    readonly code: string,
    readonly description: string,
  ) {}
}
