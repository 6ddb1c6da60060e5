import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An invoice. Amounts are exact decimals. */
@Entity({ schema: 'shop', name: 'invoice', synchronize: false })
export class InvoiceRow {
  @ApiProperty({ example: '536365' })
  @PrimaryColumn('text', { name: 'order_number' })
  orderNumber!: string;

  @ApiProperty({ type: String, nullable: true, example: '17850', description: 'Null for a guest' })
  @Column('text', { nullable: true })
  customer!: string | null;

  @ApiProperty({ type: String, example: '139.12' })
  @Column('numeric')
  total!: string;

  @ApiProperty({ type: String, description: 'For what came back' })
  @Column('numeric')
  credited!: string;

  @ApiProperty()
  @Column('timestamptz', { name: 'issued_at' })
  issuedAt!: Date;
}
