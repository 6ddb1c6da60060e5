import { Bus } from '@annals/bus';
import { Controller, Get, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, Repository } from 'typeorm';
import { InvoiceRow } from '../billing/invoice-row.js';
import { PAYMENT_QUEUE } from '../shop-topology.js';
import type { PaymentAnswer, PaymentRequest } from './payment-request.js';

/** How long a customer waits for the gateway, milliseconds. */
const PATIENCE_MS = 10_000;

/** A payment as the gateway answered. */
interface Payment extends PaymentAnswer {
  readonly order: string;
}

/** Has invoices paid by the payment gateway. */
@ApiTags('payments')
@Controller()
export class PaymentsController {
  constructor(
    private readonly bus: Bus,
    private readonly rows: DataSource,
    @InjectRepository(InvoiceRow) private readonly invoices: Repository<InvoiceRow>,
  ) {}

  @Post('invoices/:number/payment')
  @ApiOperation({ summary: 'Asks the payment gateway to authorise the payment of an invoice' })
  async pay(@Param('number') order: string): Promise<Payment> {
    const invoice = await this.invoices.findOneBy({ orderNumber: order });
    if (invoice === null) throw new NotFoundException(`There is no invoice ${order}`);
    const question: PaymentRequest = { order, amount: invoice.total };
    const reply = await this.bus.queues.request('', PAYMENT_QUEUE, { body: question }, { timeoutMs: PATIENCE_MS });
    const answer = reply.body as PaymentAnswer;
    await this.rows.query(
      `INSERT INTO shop.payment (order_number, authorised, reference) VALUES ($1, $2, $3)
       ON CONFLICT (order_number) DO UPDATE SET authorised = excluded.authorised, reference = excluded.reference`,
      [order, answer.authorised, answer.reference],
    );
    return { order, ...answer };
  }

  @Get('payments')
  @ApiOperation({ summary: 'What the gateway has answered, newest first' })
  payments(): Promise<Payment[]> {
    return this.rows.query<Payment[]>(
      'SELECT order_number AS "order", authorised, reference FROM shop.payment ORDER BY answered_at DESC LIMIT 50',
    );
  }
}
