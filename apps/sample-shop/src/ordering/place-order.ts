import { Command } from '@nestjs/cqrs';
import { Type } from 'class-transformer';
import { ArrayMinSize, ArrayUnique, IsOptional, IsUUID, Matches, ValidateNested } from 'class-validator';
import { IsInstant } from '../is-instant.js';
import { IsText } from '../is-text.js';
import type { Recorded } from '../recorded.js';
import { OrderLineInput } from './order-line.js';

/** Numbers of orders and returns: those of invoices, or the shop's own, which begin with a W. */
export const NUMBER = /^(\d{1,15}|C\d{1,15}|W[0-9A-Z]{1,20})$/;

/** Places an order, and registers its customer when it is the first. */
export class PlaceOrder extends Command<Recorded> {
  /** UUID v7; the same order with the same command id is placed once, also by two at the same time. */
  @IsOptional()
  @IsUUID(7)
  readonly commandId?: string;

  @Matches(NUMBER)
  readonly number!: string;

  /** Undefined for a guest. */
  @IsOptional()
  @IsText()
  readonly customer?: string;

  @IsOptional()
  @IsText()
  readonly country?: string;

  @IsInstant()
  readonly placedAt!: string;

  @ArrayMinSize(1)
  @ArrayUnique((line: OrderLineInput) => line.ordinal, { message: '$property must have each ordinal once' })
  @ValidateNested({ each: true })
  @Type(() => OrderLineInput)
  readonly lines!: readonly OrderLineInput[];

  constructor(given: Omit<PlaceOrder, keyof Command<Recorded>>) {
    super();
    Object.assign(this, given);
  }
}
