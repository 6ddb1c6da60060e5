import type { ProjectionContext } from '@annals/cqrs';
import { On, Projection } from '@annals/cqrs';
import type { RecordedEvent } from '@annals/event-store';
import { PersonalDataShredded } from '@annals/event-store';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OrderPlaced } from '../ordering/order-placed.js';
import { ReturnRecorded } from '../ordering/return-recorded.js';
import { ContactGiven } from './contact-given.js';
import { CustomerRegistered } from './customer-registered.js';

/** Keeps the list of customers: who they are, and what they spent. Guests are in no list. */
@Projection({ name: 'customer-list' })
@Injectable()
export class CustomerList {
  @On(CustomerRegistered)
  registered({ data }: RecordedEvent<CustomerRegistered>, { manager }: ProjectionContext): Promise<void> {
    return add(manager, { customer: data.customer, country: data.country });
  }

  @On(ContactGiven)
  async contacted({ data, stream }: RecordedEvent<ContactGiven>, { manager }: ProjectionContext): Promise<void> {
    const { customer, name, email } = data;
    // A list that is filled anew may meet what has been shredded since: that binds as null.
    await manager.query('UPDATE shop.customer SET name = $2, email = $3, subject = $4 WHERE id = $1', [
      customer,
      name,
      email,
      stream,
    ]);
  }

  @On(PersonalDataShredded)
  async shredded({ data }: RecordedEvent<PersonalDataShredded>, { manager }: ProjectionContext): Promise<void> {
    await manager.query('UPDATE shop.customer SET name = NULL, email = NULL WHERE subject = $1', [data.subject]);
  }

  @On(OrderPlaced)
  async placed({ data }: RecordedEvent<OrderPlaced>, { manager }: ProjectionContext): Promise<void> {
    if (data.customer !== undefined) await add(manager, { customer: data.customer, orders: 1, spent: data.total });
  }

  @On(ReturnRecorded)
  async credited({ data }: RecordedEvent<ReturnRecorded>, { manager }: ProjectionContext): Promise<void> {
    if (data.customer !== undefined) await add(manager, { customer: data.customer, credited: data.total });
  }
}

interface Addition {
  readonly customer: string;
  readonly country?: string | undefined;
  readonly orders?: number;
  readonly spent?: string;
  readonly credited?: string;
}

/** A return may be of a customer whose orders came before the first day on record, so any of these may be the first. */
async function add(manager: EntityManager, { customer, country, orders, spent, credited }: Addition): Promise<void> {
  await manager.query(
    `INSERT INTO shop.customer AS known (id, country, orders, spent, credited) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET country = coalesce(known.country, excluded.country),
       orders = known.orders + excluded.orders, spent = known.spent + excluded.spent,
       credited = known.credited + excluded.credited`,
    [customer, country, orders ?? 0, spent ?? '0', credited ?? '0'],
  );
}
