import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An order in the list of orders. Amounts are exact decimals. */
@Entity({ schema: 'shop', name: 'order', synchronize: false })
export class OrderRow {
  @ApiProperty({ example: '536365' })
  @PrimaryColumn('text')
  number!: string;

  @ApiProperty({ type: String, nullable: true, example: '17850', description: 'Null for a guest' })
  @Column('text', { nullable: true })
  customer!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'United Kingdom' })
  @Column('text', { nullable: true })
  country!: string | null;

  @ApiProperty()
  @Column('timestamptz', { name: 'placed_at' })
  placedAt!: Date;

  @ApiProperty()
  @Column('int', { name: 'line_count' })
  lineCount!: number;

  @ApiProperty({ type: String, description: 'Units ordered' })
  @Column('bigint')
  units!: string;

  @ApiProperty({ type: String, example: '139.12' })
  @Column('numeric')
  total!: string;

  @ApiProperty({ type: String, description: 'Units that came back' })
  @Column('bigint', { name: 'returned_units' })
  returnedUnits!: string;

  @ApiProperty({ type: String, description: 'What was paid for the units that came back' })
  @Column('numeric', { name: 'returned_amount' })
  returnedAmount!: string;
}
