import { Command } from '@nestjs/cqrs';
import { Type } from 'class-transformer';
import { ArrayMinSize, IsInt, IsNotIn, IsOptional, IsUUID, Matches, Max, Min, ValidateNested } from 'class-validator';
import { IsAmount } from '../is-amount.js';
import { IsInstant } from '../is-instant.js';
import { IsText } from '../is-text.js';
import type { Recorded } from '../recorded.js';

const MAX_UNITS = 999_999_999;

/** One line of a stock adjustment. */
export class StockAdjustmentLine {
  @IsInt()
  @Min(1)
  readonly ordinal!: number;

  @IsText(100)
  readonly stockCode!: string;

  /** Negative for what is gone. */
  @IsInt()
  @Min(-MAX_UNITS)
  @Max(MAX_UNITS)
  @IsNotIn([0])
  readonly quantity!: number;

  @IsAmount()
  readonly unitPrice!: string;

  @IsOptional()
  @IsText()
  readonly note?: string | undefined;

  @IsInstant()
  readonly at!: string;

  constructor(line?: StockAdjustmentLine) {
    Object.assign(this, line);
  }
}

/** Adjusts the stock of products as one invoice says, all together or not at all. */
export class AdjustStock extends Command<Recorded> {
  /** UUID v7 */
  @IsOptional()
  @IsUUID(7)
  readonly commandId?: string;

  /** Of the invoice. */
  @Matches(/^\d{1,15}$/)
  readonly number!: string;

  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => StockAdjustmentLine)
  readonly lines!: readonly StockAdjustmentLine[];

  constructor(given: Omit<AdjustStock, keyof Command<Recorded>>) {
    super();
    Object.assign(this, given);
  }
}
