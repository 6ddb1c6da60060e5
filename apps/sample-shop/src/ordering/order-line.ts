import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsAmount } from '../is-amount.js';
import { IsInstant } from '../is-instant.js';
import { IsText } from '../is-text.js';

/** Units of one line at the most, as the files have them. */
export const MAX_UNITS = 999_999_999;

/** What was bought on one line of an order, as it stands in events. */
export interface OrderLine {
  /** Place of the line in the order; with the order's number it identifies the line. */
  readonly ordinal: number;
  readonly stockCode: string;
  readonly description?: string | undefined;
  readonly quantity: number;
  /** Pounds, an exact decimal of at most three decimals. */
  readonly unitPrice: string;
  /** Where the line has another time than its order. */
  readonly at?: string | undefined;
}

/** A line of an order as a command states it, and as the API takes it. */
export class OrderLineInput implements OrderLine {
  @ApiProperty({
    minimum: 1,
    description: 'Place of the line in the order; with the order number it identifies the line',
  })
  @IsInt()
  @Min(1)
  readonly ordinal!: number;

  @ApiProperty({ example: '85123A', maxLength: 100 })
  @IsText(100)
  readonly stockCode!: string;

  @ApiPropertyOptional({ type: String, example: 'WHITE HANGING HEART T-LIGHT HOLDER' })
  @IsOptional()
  @IsText()
  readonly description?: string | undefined;

  @ApiProperty({ minimum: 1, maximum: MAX_UNITS })
  @IsInt()
  @Min(1)
  @Max(MAX_UNITS)
  readonly quantity!: number;

  @ApiProperty({ type: String, example: '2.55', description: 'Pounds, exact, at most three decimals' })
  @IsAmount()
  readonly unitPrice!: string;

  @ApiPropertyOptional({ type: String, description: 'Where the line has another time than its order' })
  @IsOptional()
  @IsInstant()
  readonly at?: string | undefined;

  constructor(line?: OrderLine) {
    Object.assign(this, line);
  }
}
