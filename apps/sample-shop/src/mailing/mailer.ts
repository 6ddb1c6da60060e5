import { Consume, Message, MessageBody } from '@annals/bus';
import type { MessageDelivery, QueueMessage } from '@annals/bus';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { MAIL_COUNT_QUEUE, MAIL_QUEUE } from '../shop-topology.js';
import type { Mail } from './mail.js';

/** Sends mails, that is, puts them where they can be read at `/mails`: a message that comes twice is one mail. */
@Injectable()
export class Mailer {
  constructor(private readonly rows: DataSource) {}

  @Consume({ queue: MAIL_QUEUE, prefetch: 20 })
  async send(@MessageBody() mail: Mail, @Message() { messageId }: QueueMessage): Promise<void> {
    await this.rows.query(
      'INSERT INTO shop.mail (message_id, customer, subject) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [messageId, mail.customer, `We have your order ${mail.number} over £${mail.total}`],
    );
  }

  @Consume({ queue: MAIL_COUNT_QUEUE, prefetch: 1, guarantee: 'effectively-once' })
  async count(message: QueueMessage, { manager }: MessageDelivery): Promise<void> {
    await (manager as EntityManager).query(
      `INSERT INTO shop.mail_count (kind, mails) VALUES ($1, 1)
       ON CONFLICT (kind) DO UPDATE SET mails = mail_count.mails + 1`,
      [(message.body as Mail).kind],
    );
  }
}
