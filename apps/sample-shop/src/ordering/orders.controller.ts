import { randomBytes } from 'node:crypto';
import { CommandBus, ReadsFrom } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { plainToInstance } from 'class-transformer';
import { Repository } from 'typeorm';
import { pageOf, Taken } from '../web/page-of.js';
import { NewOrderBody, NewReturnBody } from './order-bodies.js';
import { OrderRow } from './order-row.js';
import { PlaceOrder } from './place-order.js';
import { ReturnOrderLines } from './return-order-lines.js';

/** A number of the shop's own: W and twelve hexadecimal digits. */
const ownNumber = (): string => `W${randomBytes(6).toString('hex').toUpperCase()}`;

/** Orders over HTTP: lists from the read model, one order with its history from the event store. */
@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly store: EventStore,
    @InjectRepository(OrderRow) private readonly orders: Repository<OrderRow>,
  ) {}

  @Get()
  @ReadsFrom('order-list')
  @ApiOperation({ summary: 'The orders, newest first' })
  @ApiQuery({ name: 'customer', required: false })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'offset', required: false })
  @ApiOkResponse({ type: OrderRow, isArray: true })
  async list(
    @Query('customer') customer?: string,
    @Query('limit') limit?: string,
    @Query('offset') offset?: string,
  ): Promise<{ total: number; orders: OrderRow[] }> {
    const where = typeof customer === 'string' && customer !== '' ? { customer } : {};
    const order = { placedAt: 'DESC', number: 'DESC' } as const;
    const [orders, total] = await this.orders.findAndCount({ where, order, ...pageOf(limit, offset) });
    return { total, orders };
  }

  @Get(':number')
  @ReadsFrom('order-list')
  @ApiOperation({ summary: 'One order, and all that happened to it' })
  async one(@Param('number') number: string): Promise<{ order: OrderRow | null; history: unknown[] }> {
    const order = /^[0-9A-Z]{1,30}$/.test(number) ? await this.orders.findOneBy({ number }) : null;
    const history: unknown[] = [];
    if (/^[0-9A-Z]{1,30}$/.test(number)) {
      for await (const { revision, type, data, recordedAt } of this.store.read(`order-${number}`))
        history.push({ revision, type, recordedAt, data });
    }
    if (history.length === 0) throw new NotFoundException(`There is no order ${number}`);
    return { order, history };
  }

  @Post()
  @ApiOperation({ summary: 'Places an order' })
  @ApiBody({ type: NewOrderBody })
  @ApiCreatedResponse({ type: Taken })
  async place(@Body() body: NewOrderBody): Promise<Taken> {
    const number = body.number ?? ownNumber();
    const placedAt = new Date().toISOString();
    const command = plainToInstance(PlaceOrder, Object.assign({}, body, { number, placedAt }));
    return { number, recorded: await this.commands.execute(command) };
  }

  @Post(':number/returns')
  @HttpCode(201)
  @ApiOperation({ summary: 'Takes lines of an order back' })
  @ApiBody({ type: NewReturnBody })
  @ApiCreatedResponse({ type: Taken })
  async takeBack(@Param('number') order: string, @Body() body: NewReturnBody): Promise<Taken> {
    const number = body.number ?? ownNumber();
    const returnedAt = new Date().toISOString();
    const command = plainToInstance(ReturnOrderLines, Object.assign({}, body, { number, order, returnedAt }));
    return { number, recorded: await this.commands.execute(command) };
  }
}
