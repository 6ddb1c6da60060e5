import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A product, or whatever else invoices name by a stock code, with what was sold of it. */
@Entity({ schema: 'shop', name: 'product', synchronize: false })
export class ProductRow {
  @ApiProperty({ example: '85123A' })
  @PrimaryColumn('text')
  code!: string;

  @ApiProperty({ type: String, nullable: true })
  @Column('text', { nullable: true })
  description!: string | null;

  @ApiProperty({ type: String, description: 'Units sold' })
  @Column('bigint')
  sold!: string;

  @ApiProperty({ type: String, description: 'Units cancelled, matched to a sale or not' })
  @Column('bigint')
  returned!: string;

  @ApiProperty({ type: String, description: 'Units found, lost or broken' })
  @Column('bigint')
  adjusted!: string;

  @ApiProperty({ type: String, description: 'Sum of quantity × price of what was sold' })
  @Column('numeric')
  revenue!: string;
}
