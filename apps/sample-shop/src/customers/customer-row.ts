import { ApiProperty } from '@nestjs/swagger';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A customer with what they have bought. */
@Entity({ schema: 'shop', name: 'customer', synchronize: false })
export class CustomerRow {
  @ApiProperty({ example: '17850' })
  @PrimaryColumn('text')
  id!: string;

  @ApiProperty({ type: String, nullable: true })
  @Column('text', { nullable: true })
  country!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null when never given, or forgotten' })
  @Column('text', { nullable: true })
  name!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null when never given, or forgotten' })
  @Column('text', { nullable: true })
  email!: string | null;

  @ApiProperty()
  @Column('int')
  orders!: number;

  @ApiProperty({ type: String, description: 'Sum of the orders' })
  @Column('numeric')
  spent!: string;

  @ApiProperty({ type: String, description: 'Sum of the returns, usually negative' })
  @Column('numeric')
  credited!: string;
}
