import { Command } from '@nestjs/cqrs';
import { IsEmail } from 'class-validator';
import { IsText } from '../is-text.js';

/** Takes down how to reach a customer. */
export class GiveContact extends Command<void> {
  @IsText()
  readonly customer!: string;

  @IsText(200)
  readonly name!: string;

  @IsEmail()
  readonly email!: string;

  constructor(given: Omit<GiveContact, keyof Command<void>>) {
    super();
    Object.assign(this, given);
  }
}
