import { given } from '@annals/cqrs/testing';
import { describe, it } from 'vitest';
import { ContactGiven } from './contact-given.js';
import { CustomerForgotten } from './customer-forgotten.js';
import { CustomerRegistered } from './customer-registered.js';
import { Customer } from './customer.js';

const FIRST = { number: '536365', country: 'France', placedAt: '2010-12-01T08:26:00+00:00' };
const REGISTERED = new CustomerRegistered('17850', 'France', FIRST.placedAt, '536365');
const CONTACT = new ContactGiven('17850', 'Ada', 'ada@example.org');

const register = (customer: Customer): void => {
  customer.register('17850', FIRST);
};
const giveContact = (customer: Customer): void => {
  customer.giveContact('17850', 'Ada', 'ada@example.org');
};
const forget = (customer: Customer): void => {
  customer.forget('17850');
};

describe('A customer', () => {
  it('is registered with the first order, once', async () => {
    await given(Customer).when(register).thenEvents(REGISTERED);
    await given(Customer, REGISTERED).when(register).thenNothing();
  });

  it('gives a contact, and is forgotten once until they give it again', async () => {
    const forgotten = new CustomerForgotten('17850');
    await given(Customer, REGISTERED).when(giveContact).thenEvents(CONTACT);
    await given(Customer, REGISTERED, CONTACT).when(forget).thenEvents(forgotten);
    await given(Customer, REGISTERED, CONTACT, forgotten).when(forget).thenNothing();
    await given(Customer, REGISTERED, forgotten, CONTACT).when(forget).thenEvents(forgotten);
  });

  it('is refused a contact, and to be forgotten, before the first order', async () => {
    await given(Customer).when(giveContact).thenRefused('SHOP_UNKNOWN_CUSTOMER');
    await given(Customer).when(forget).thenRefused('SHOP_UNKNOWN_CUSTOMER');
  });
});
