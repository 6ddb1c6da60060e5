import { Command } from '@nestjs/cqrs';
import { IsText } from '../is-text.js';

/** Forgets who a customer is. */
export class ForgetCustomer extends Command<void> {
  @IsText()
  readonly customer: string;

  constructor(customer: string) {
    super();
    this.customer = customer;
  }
}
