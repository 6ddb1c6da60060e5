import { Projections, ReadsFrom } from '@annals/cqrs';
import type { MessageEvent } from '@nestjs/common';
import { BadRequestException, Controller, Get, Query, Sse } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import { Repository } from 'typeorm';
import { pageOf } from '../web/page-of.js';
import { CustomerSpendRow } from './customer-spend-row.js';
import { ProductDayRow } from './product-day-row.js';
import { StockLevelRow } from './stock-level-row.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A product by what it brought in. */
export interface TopSeller {
  readonly code: string;
  readonly units: string;
  readonly revenue: string;
}

/** What the events add up to. */
@ApiTags('reports')
@Controller('reports')
export class ReportsController {
  constructor(
    @InjectRepository(CustomerSpendRow) private readonly spends: Repository<CustomerSpendRow>,
    @InjectRepository(ProductDayRow) private readonly days: Repository<ProductDayRow>,
    @InjectRepository(StockLevelRow) private readonly stock: Repository<StockLevelRow>,
    private readonly projections: Projections,
  ) {}

  @Get('customer-spend')
  @ReadsFrom('customer-spend')
  @ApiOperation({ summary: 'Customers by what they spent' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiOkResponse({ type: CustomerSpendRow, isArray: true })
  customerSpend(@Query('limit') limit?: string): Promise<CustomerSpendRow[]> {
    return this.spends.find({ order: { spent: 'DESC', customer: 'ASC' }, ...pageOf(limit) });
  }

  @Get('product-sales')
  @ReadsFrom('product-sales-per-day')
  @ApiOperation({ summary: 'What was sold of a product, day by day' })
  @ApiOkResponse({ type: ProductDayRow, isArray: true })
  productSales(@Query('code') code = ''): Promise<ProductDayRow[]> {
    return this.days.find({ where: { code }, order: { day: 'ASC' } });
  }

  @Get('stock')
  @ReadsFrom('stock-level')
  @ApiOperation({ summary: 'Units that came and went, the lowest first' })
  @ApiQuery({ name: 'limit', required: false })
  @ApiOkResponse({ type: StockLevelRow, isArray: true })
  stockLevels(@Query('limit') limit?: string): Promise<StockLevelRow[]> {
    return this.stock.find({ order: { level: 'ASC', code: 'ASC' }, ...pageOf(limit) });
  }

  @Get('top-sellers')
  @ReadsFrom('product-sales-per-day')
  @ApiOperation({ summary: 'Products by what they brought in, of some days or of all' })
  @ApiQuery({ name: 'from', required: false, example: '2010-12-01' })
  @ApiQuery({ name: 'to', required: false })
  @ApiQuery({ name: 'limit', required: false })
  async topSellers(
    @Query('from') from = '0001-01-01',
    @Query('to') to = '9999-12-31',
    @Query('limit') limit?: string,
  ): Promise<readonly TopSeller[]> {
    if (!DAY.test(from) || !DAY.test(to)) throw new BadRequestException('from and to are days, as 2010-12-01');
    return this.days.query<TopSeller[]>(
      `SELECT code, sum(units)::text AS units, sum(revenue)::text AS revenue FROM shop.product_day
       WHERE day BETWEEN $1 AND $2 GROUP BY code ORDER BY sum(revenue) DESC, code LIMIT $3`,
      [from, to, pageOf(limit).take],
    );
  }

  /** The same list, anew whenever something was sold. */
  @Sse('top-sellers/live')
  topSellersLive(): Observable<MessageEvent> {
    const query = () => this.topSellers(undefined, undefined, '10');
    return this.projections.query$('product-sales-per-day', query, { quietMs: 500 }).pipe(map((data) => ({ data })));
  }
}
