import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { pageOf } from '../web/page-of.js';
import { InvoiceRow } from './invoice-row.js';

/** What the group `billing` has written. */
@ApiTags('billing')
@Controller('invoices')
export class InvoicesController {
  constructor(@InjectRepository(InvoiceRow) private readonly invoices: Repository<InvoiceRow>) {}

  @Get()
  @ApiOperation({ summary: 'The invoices, newest first' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'offset', required: false })
  @ApiOkResponse({ type: InvoiceRow, isArray: true })
  async list(
    @Query('limit') limit?: string,
    @Query('offset') offset?: string,
  ): Promise<{ total: number; invoices: InvoiceRow[] }> {
    const order = { issuedAt: 'DESC', orderNumber: 'DESC' } as const;
    const [invoices, total] = await this.invoices.findAndCount({ order, ...pageOf(limit, offset) });
    return { total, invoices };
  }
}
