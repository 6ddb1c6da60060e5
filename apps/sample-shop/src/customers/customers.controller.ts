import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { pageOf } from '../web/page-of.js';
import { CustomerRow } from './customer-row.js';

/** Customers over HTTP. */
@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(@InjectRepository(CustomerRow) private readonly customers: Repository<CustomerRow>) {}

  @Get()
  @ApiOperation({ summary: 'The customers, those who spent most first' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'offset', required: false })
  @ApiOkResponse({ type: CustomerRow, isArray: true })
  list(@Query('limit') limit?: string, @Query('offset') offset?: string): Promise<CustomerRow[]> {
    return this.customers.find({ order: { spent: 'DESC', id: 'ASC' }, ...pageOf(limit, offset) });
  }
}
