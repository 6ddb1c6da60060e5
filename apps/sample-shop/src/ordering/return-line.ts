import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsNotIn, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { IsAmount } from '../is-amount.js';
import { IsInstant } from '../is-instant.js';
import { IsText } from '../is-text.js';
import { MAX_UNITS } from './order-line.js';

/** Units that a line of a return takes off one line of an order. */
export class ReturnedSale {
  @IsString()
  readonly order!: string;

  @IsInt()
  @Min(1)
  readonly ordinal!: number;

  @IsInt()
  @Min(1)
  readonly quantity!: number;

  constructor(sale?: ReturnedSale) {
    Object.assign(this, sale);
  }
}

/** One line of a return, as it is recorded. Its matches stand on the orders, in `order-lines-returned`. */
export interface RecordedReturnLine {
  /** Place of the line in the return. */
  readonly ordinal: number;
  readonly stockCode: string;
  readonly description?: string | undefined;
  /** Negative for what comes back; positive for a charge on a C invoice. */
  readonly quantity: number;
  readonly unitPrice: string;
  /** Where the line has another time than its return. */
  readonly at?: string | undefined;
  /** False when the customer had no earlier sale of the product. */
  readonly isMatched: boolean;
  /** Units that no sale answers for. */
  readonly excess: number;
}

/** A line of a return with the sales that it gives back, as a command states it. */
export class ReturnLine implements RecordedReturnLine {
  @IsInt()
  @Min(1)
  readonly ordinal!: number;

  @IsText(100)
  readonly stockCode!: string;

  @IsOptional()
  @IsText()
  readonly description?: string | undefined;

  @IsInt()
  @Min(-MAX_UNITS)
  @Max(MAX_UNITS)
  @IsNotIn([0])
  readonly quantity!: number;

  @IsAmount()
  readonly unitPrice!: string;

  @IsOptional()
  @IsInstant()
  readonly at?: string | undefined;

  @IsBoolean()
  readonly isMatched!: boolean;

  @IsInt()
  @Min(0)
  readonly excess!: number;

  @ValidateNested({ each: true })
  @Type(() => ReturnedSale)
  readonly returned!: readonly ReturnedSale[];

  constructor(line?: ReturnLine) {
    Object.assign(this, line);
  }
}
