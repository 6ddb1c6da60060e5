import { Command } from '@nestjs/cqrs';
import { Type } from 'class-transformer';
import { ArrayMinSize, IsInt, IsOptional, IsUUID, Matches, Min, ValidateNested } from 'class-validator';
import { IsAmount } from '../is-amount.js';
import { IsInstant } from '../is-instant.js';
import { IsText } from '../is-text.js';
import type { Recorded } from '../recorded.js';

/** One line of an A invoice. */
export class MoneyAdjustmentLine {
  @IsInt()
  @Min(1)
  readonly ordinal!: number;

  @IsText(100)
  readonly stockCode!: string;

  @IsOptional()
  @IsText()
  readonly description?: string | undefined;

  @IsInt()
  readonly quantity!: number;

  @IsAmount()
  readonly unitPrice!: string;

  constructor(line?: MoneyAdjustmentLine) {
    Object.assign(this, line);
  }
}

/** Records an A invoice. */
export class AdjustMoney extends Command<Recorded> {
  /** UUID v7 */
  @IsOptional()
  @IsUUID(7)
  readonly commandId?: string;

  @Matches(/^A\d{1,15}$/)
  readonly number!: string;

  @IsInstant()
  readonly adjustedAt!: string;

  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => MoneyAdjustmentLine)
  readonly lines!: readonly MoneyAdjustmentLine[];

  constructor(given: Omit<AdjustMoney, keyof Command<Recorded>>) {
    super();
    Object.assign(this, given);
  }
}
