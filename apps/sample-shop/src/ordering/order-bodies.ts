import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { OrderLineInput } from './order-line.js';
import { UnitsToReturn } from './return-order-lines.js';

/** What the API takes to place an order. The command that is made of it is what gets validated. */
export class NewOrderBody {
  @ApiPropertyOptional({ description: 'Makes a repetition harmless; without it the shop gives one' })
  readonly number?: string;

  @ApiPropertyOptional({ example: '17850', description: 'None for a guest' })
  readonly customer?: string;

  @ApiPropertyOptional({ example: 'France' })
  readonly country?: string;

  @ApiProperty({ type: OrderLineInput, isArray: true })
  readonly lines!: readonly OrderLineInput[];
}

/** What the API takes to take lines back. */
export class NewReturnBody {
  @ApiPropertyOptional({ description: 'Makes a repetition harmless; without it the shop gives one' })
  readonly number?: string;

  @ApiProperty({ type: UnitsToReturn, isArray: true })
  readonly lines!: readonly UnitsToReturn[];
}
