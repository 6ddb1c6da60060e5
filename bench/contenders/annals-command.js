// @ts-check
import 'reflect-metadata';
import * as cqrs from '../../dist/libs/cqrs/src/index.js';
import * as eventStore from '../../dist/libs/event-store/src/index.js';
import { Module } from '../../node_modules/@nestjs/common/index.js';
import { NestFactory } from '../../node_modules/@nestjs/core/index.js';
import { open as openAnnals } from './annals.js';

/** @typedef {import('./contender.js').Contender} Contender */

class AddLine {
  /** @param {string} order @param {readonly import('./contender.js').OrderEvent[]} lines */
  constructor(order, lines) {
    this.order = order;
    this.lines = lines;
  }
}

/** An aggregate without rules: what is measured is the way to it. */
class Cart extends cqrs.AggregateRoot {}
cqrs.Aggregate('order')(Cart);

class AddLineHandler {
  /** @param {import('../../libs/cqrs/src/index.js').Repository<any>} carts */
  constructor(carts) {
    this.carts = carts;
  }
  /** @param {AddLine} command */
  async execute({ order, lines }) {
    const cart = new Cart(order);
    for (const line of lines) cart.apply(line);
    await this.carts.save(cart);
  }
}
cqrs.CommandHandler(AddLine)(AddLineHandler);

/**
 * Annals by its command bus in a Nest application: each append is a command that a handler makes an aggregate's events of.
 *
 * @param {string} url
 * @returns {Promise<Contender>}
 */
export async function open(url) {
  const bare = await openAnnals(url);
  class Shop {}
  Module({
    imports: [
      eventStore.EventStoreModule.forRoot({ engine: 'postgres', connectionString: url, dataSource: 'own' }),
      cqrs.CqrsModule.forRoot({ projections: { autoStart: false } }),
      cqrs.CqrsModule.forFeature([Cart]),
    ],
    providers: [
      {
        provide: AddLineHandler,
        inject: [cqrs.aggregatesToken(Cart)],
        useFactory: (/** @type {any} */ carts) => new AddLineHandler(carts),
      },
    ],
  })(Shop);
  const application = await NestFactory.createApplicationContext(Shop, { logger: false });
  const commands = application.get(cqrs.CommandBus);
  return {
    async append(stream, revision, events) {
      if (revision !== 0) throw new RangeError('each command begins an aggregate');
      await commands.execute(new AddLine(String(stream), events));
    },
    audit: () => bare.audit(),
    async close() {
      await application.close();
      await bare.close();
    },
  };
}
