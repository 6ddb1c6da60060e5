import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was sold of a product on a day. */
@Entity({ schema: 'shop', name: 'product_day', synchronize: false })
export class ProductDayRow {
  @ApiProperty({ example: '85123A' })
  @PrimaryColumn('text')
  code!: string;

  @ApiProperty({ example: '2010-12-01' })
  @PrimaryColumn('date')
  day!: string;

  @ApiProperty({ type: String })
  @Column('bigint')
  units!: string;

  @ApiProperty({ type: String, example: '139.12' })
  @Column('numeric')
  revenue!: string;

  @ApiProperty({ description: 'Order lines' })
  @Column('int')
  orders!: number;
}
