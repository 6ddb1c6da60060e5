import { quoteIdentifier } from '@annals/postgres';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/** The name of an entity's table, quoted, as `manager` writes to it. */
export const tableNameOf = (manager: EntityManager, entity: EntityTarget<ObjectLiteral>): string =>
  manager.dataSource.getMetadata(entity).tablePath.split('.').map(quoteIdentifier).join('.');
