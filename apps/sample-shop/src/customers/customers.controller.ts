import { CommandBus } from '@annals/cqrs';
import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { plainToInstance } from 'class-transformer';
import { pageOf } from '../web/page-of.js';
import { ContactBody } from './contact-body.js';
import { CustomerRow } from './customer-row.js';
import { ForgetCustomer } from './forget-customer.js';
import { GiveContact } from './give-contact.js';

/** Customers over HTTP. */
@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(
    private readonly commands: CommandBus,
    @InjectRepository(CustomerRow) private readonly customers: Repository<CustomerRow>,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The customers, those who spent most first' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  @ApiQuery({ name: 'offset', required: false })
  @ApiOkResponse({ type: CustomerRow, isArray: true })
  list(@Query('limit') limit?: string, @Query('offset') offset?: string): Promise<CustomerRow[]> {
    return this.customers.find({ order: { spent: 'DESC', id: 'ASC' }, ...pageOf(limit, offset) });
  }

  @Put(':id/contact')
  @HttpCode(204)
  @ApiOperation({ summary: 'Takes down how to reach a customer' })
  @ApiBody({ type: ContactBody })
  @ApiNoContentResponse()
  async giveContact(@Param('id') customer: string, @Body() body: ContactBody): Promise<void> {
    await this.commands.execute(plainToInstance(GiveContact, Object.assign({}, body, { customer })));
  }

  @Delete(':id/contact')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forgets who a customer is: name and e-mail address can be read by nobody any more' })
  @ApiNoContentResponse()
  async forget(@Param('id') customer: string): Promise<void> {
    await this.commands.execute(new ForgetCustomer(customer));
  }
}
