import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { pageOf } from '../web/page-of.js';

/** A mail as it was sent. */
interface SentMail {
  readonly customer: string;
  readonly subject: string;
  readonly sentAt: Date;
}

/** What the shop has sent to its customers. */
@ApiTags('mails')
@Controller('mails')
export class MailsController {
  constructor(private readonly rows: DataSource) {}

  @Get()
  @ApiOperation({ summary: 'The mails, newest first, and how many there are of each kind' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 200, default 50' })
  async list(
    @Query('limit') limit?: string,
  ): Promise<{ mails: SentMail[]; counts: { kind: string; mails: number }[] }> {
    const mails = await this.rows.query<SentMail[]>(
      'SELECT customer, subject, sent_at AS "sentAt" FROM shop.mail ORDER BY sent_at DESC, message_id DESC LIMIT $1',
      [pageOf(limit).take],
    );
    const counts = await this.rows.query<{ kind: string; mails: number }[]>(
      'SELECT kind, mails::int FROM shop.mail_count ORDER BY kind',
    );
    return { mails, counts };
  }
}
