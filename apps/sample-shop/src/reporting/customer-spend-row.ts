import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a customer spent. Amounts are exact decimals. */
@Entity({ schema: 'shop', name: 'customer_spend', synchronize: false })
export class CustomerSpendRow {
  @ApiProperty({ example: '17850' })
  @PrimaryColumn('text')
  customer!: string;

  @ApiProperty()
  @Column('int')
  orders!: number;

  @ApiProperty({ type: String, description: 'Units ordered' })
  @Column('bigint')
  units!: string;

  @ApiProperty({ type: String, example: '5391.21' })
  @Column('numeric')
  spent!: string;

  @ApiProperty({ type: String, description: 'Sum of the returns, usually negative' })
  @Column('numeric')
  credited!: string;

  @ApiProperty({ type: Date, nullable: true })
  @Column('timestamptz', { name: 'last_order_at', nullable: true })
  lastOrderAt!: Date | null;

  /** One who has bought nothing yet. */
  static of(customer: string): CustomerSpendRow {
    const nothing = { orders: 0, units: '0', spent: '0.00', credited: '0.00', lastOrderAt: null };
    return Object.assign(new CustomerSpendRow(), { customer, ...nothing });
  }
}
