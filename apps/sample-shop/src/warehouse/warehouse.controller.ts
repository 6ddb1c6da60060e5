import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiQuery, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { IsText } from '../is-text.js';
import { pageOf } from '../web/page-of.js';

/** A code that is no goods. */
class ServiceCode {
  @ApiProperty({ example: 'gift_0001_20', maxLength: 100 })
  @IsText(100)
  readonly code!: string;
}

/** A pick list as it was worked off. */
interface PickList {
  readonly orderNumber: string;
  readonly units: number;
}

/** What the warehouse has picked, and what it need not look for. */
@ApiTags('warehouse')
@Controller('warehouse')
export class WarehouseController {
  constructor(private readonly rows: DataSource) {}

  @Get('pick-lists')
  @ApiOperation({ summary: 'What was picked, newest first' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  async pickLists(@Query('limit') limit?: string): Promise<{ total: number; pickLists: PickList[] }> {
    const pickLists = await this.rows.query<PickList[]>(
      'SELECT order_number AS "orderNumber", units::int FROM shop.pick_list ORDER BY picked_at DESC, order_number DESC LIMIT $1',
      [pageOf(limit).take],
    );
    const [row] = await this.rows.query<{ total: number }[]>('SELECT count(*)::int AS total FROM shop.pick_list');
    return { total: row?.total ?? 0, pickLists };
  }

  @Post('services')
  @ApiOperation({ summary: 'Says that a code on invoices is a service, which lies on no shelf' })
  async addService(@Body() { code }: ServiceCode): Promise<void> {
    await this.rows.query('INSERT INTO shop.service_code (code) VALUES ($1) ON CONFLICT DO NOTHING', [code]);
  }
}
