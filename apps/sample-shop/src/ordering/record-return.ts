import { Command } from '@nestjs/cqrs';
import { Type } from 'class-transformer';
import { ArrayMinSize, IsOptional, IsUUID, Matches, ValidateNested } from 'class-validator';
import { IsInstant } from '../is-instant.js';
import { IsText } from '../is-text.js';
import type { Recorded } from '../recorded.js';
import { NUMBER } from './place-order.js';
import { ReturnLine } from './return-line.js';

/** Records a return whose matches are decided, and takes the units off the orders, all together or not at all. */
export class RecordReturn extends Command<Recorded> {
  /** UUID v7; the same return with the same command id is recorded once, also by two at the same time. */
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
  readonly returnedAt!: string;

  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => ReturnLine)
  readonly lines!: readonly ReturnLine[];

  constructor(given: Omit<RecordReturn, keyof Command<Recorded>>) {
    super();
    Object.assign(this, given);
  }
}
