import type { Delivery, TopicRecord } from '@annals/bus';
import { Bus, Subscribe } from '@annals/bus';
import { Injectable } from '@nestjs/common';
import type { Mail } from '../mailing/mail.js';
import type { OrderPlaced } from '../ordering/order-placed.js';
import { MAILS } from '../shop-topology.js';

/** The topic from which whoever sends mails takes what to say; keyed by customer, so one customer's mails keep their order. */
export const NOTIFICATIONS = 'shop-notifications';

/** Announces each order of a known customer, to whoever reads the topic and by mail. The announcements and the group's place are one transaction: none is lost or made twice. */
@Injectable()
export class Notifications {
  constructor(private readonly bus: Bus) {}

  @Subscribe({
    topic: 'events',
    group: 'notification',
    guarantee: 'effectively-once',
    filter: { category: 'order', types: ['order-placed'] },
  })
  async announce(record: TopicRecord, { publish }: Delivery): Promise<void> {
    const { number, customer, total } = record.value as OrderPlaced;
    if (customer === undefined) return;
    const mail: Mail = { kind: 'order-received', customer, number, total };
    await publish(NOTIFICATIONS, { key: customer, value: mail });
    await this.bus.queues.publish(MAILS, '', { body: mail });
  }
}
