import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How many units of a product came and went since the first day on record. */
@Entity({ schema: 'shop', name: 'stock_level', synchronize: false })
export class StockLevelRow {
  @ApiProperty({ example: '85123A' })
  @PrimaryColumn('text')
  code!: string;

  @ApiProperty({ type: String, description: 'Negative: more went than came. What was there before is on no record' })
  @Column('bigint')
  level!: string;

  @ApiProperty()
  @Column('timestamptz', { name: 'moved_at' })
  movedAt!: Date;
}
