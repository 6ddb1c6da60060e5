import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { pageOf } from '../web/page-of.js';
import { ProductRow } from './product-row.js';

/** Products over HTTP. */
@ApiTags('products')
@Controller('products')
export class ProductsController {
  constructor(@InjectRepository(ProductRow) private readonly products: Repository<ProductRow>) {}

  @Get()
  @ApiOperation({ summary: 'The products, best sellers first' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'offset', required: false })
  @ApiOkResponse({ type: ProductRow, isArray: true })
  list(@Query('limit') limit?: string, @Query('offset') offset?: string): Promise<ProductRow[]> {
    return this.products.find({ order: { sold: 'DESC', code: 'ASC' }, ...pageOf(limit, offset) });
  }
}
