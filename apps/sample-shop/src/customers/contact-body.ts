import { ApiProperty } from '@nestjs/swagger';

/** How to reach a customer, as it comes over HTTP. */
export class ContactBody {
  @ApiProperty({ example: 'Ada Lovelace' })
  name!: string;

  @ApiProperty({ example: 'ada@example.org' })
  email!: string;
}
