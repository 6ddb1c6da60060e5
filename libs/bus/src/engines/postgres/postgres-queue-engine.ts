import { statements } from '@annals/postgres';
import type { Database, WakeUps } from '@annals/postgres';
import type { QueueEngine } from '../../queues/queue-engine.js';
import { PostgresConsumerStore } from './postgres-consumer-store.js';
import { PostgresDelayStore } from './postgres-delay-store.js';
import { PostgresQueueStore } from './postgres-queue-store.js';
import type { QueueTables } from './postgres-queue-store.js';
import { PostgresReplyStore } from './postgres-reply-store.js';
import { PostgresTopologyStore } from './postgres-topology-store.js';
import { ProducerIdentity } from './producer-identity.js';

/** Exchanges and queues in Postgres. */
export function postgresQueueEngine(
  database: Database,
  schema: string,
  wakeUps: WakeUps,
  tables: QueueTables,
): QueueEngine {
  const identity = new ProducerIdentity(
    database,
    statements(import.meta.url, schema, ['register-producer', 'raise-epoch']),
  );
  const messages = new PostgresQueueStore(database, schema, wakeUps, identity, tables);
  return {
    topology: new PostgresTopologyStore(database, schema, wakeUps),
    messages,
    consumers: new PostgresConsumerStore(database, schema, wakeUps),
    delays: new PostgresDelayStore(database, schema, messages),
    replies: new PostgresReplyStore(database, schema, wakeUps),
  };
}
