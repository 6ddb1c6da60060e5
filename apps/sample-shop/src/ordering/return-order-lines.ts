import { ApiProperty } from '@nestjs/swagger';
import { Command } from '@nestjs/cqrs';
import { Type } from 'class-transformer';
import { ArrayMinSize, ArrayUnique, IsInt, Matches, Max, Min, ValidateNested } from 'class-validator';
import { IsInstant } from '../is-instant.js';
import type { Recorded } from '../recorded.js';
import { MAX_UNITS } from './order-line.js';
import { NUMBER } from './place-order.js';

/** Units of one line of an order that come back. */
export class UnitsToReturn {
  @ApiProperty({ minimum: 1, description: 'Of the line of the order' })
  @IsInt()
  @Min(1)
  readonly ordinal!: number;

  @ApiProperty({ minimum: 1 })
  @IsInt()
  @Min(1)
  @Max(MAX_UNITS)
  readonly quantity!: number;

  constructor(units?: UnitsToReturn) {
    Object.assign(this, units);
  }
}

/** Takes lines of one order back, at the price that was paid. */
export class ReturnOrderLines extends Command<Recorded> {
  /** Of the return. */
  @Matches(NUMBER)
  readonly number!: string;

  @Matches(NUMBER)
  readonly order!: string;

  @IsInstant()
  readonly returnedAt!: string;

  @ArrayMinSize(1)
  @ArrayUnique((line: UnitsToReturn) => line.ordinal, { message: '$property must have each ordinal once' })
  @ValidateNested({ each: true })
  @Type(() => UnitsToReturn)
  readonly lines!: readonly UnitsToReturn[];

  constructor(given: Omit<ReturnOrderLines, keyof Command<Recorded>>) {
    super();
    Object.assign(this, given);
  }
}
