import { PostgresLog } from '@annals/log';
import { Injectable, Optional } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PostgresProjectionStorage } from '../engines/postgres/postgres-projection-storage.js';
import type { ProjectionStorage } from '../projecting/projection-storage.js';

/**
 * Connections to the event store's database beside the application's: for the cursors of what handles events by sending
 * commands, and for all cursors of an application without TypeORM. What such a handler appends is committed by itself; over the
 * application's own connections it would be taken for a part of the cursor's transaction, and wait for a connection that
 * cursors hold.
 */
@Injectable()
export class ProjectionDataSource implements OnApplicationShutdown {
  private opened: Promise<DataSource> | undefined;

  constructor(@Optional() private readonly log?: PostgresLog) {}

  /** Opens it; undefined without Postgres. */
  open(): Promise<DataSource> | undefined {
    if (this.log === undefined) return undefined;
    const { connectionString: url } = this.log.database.options;
    this.opened ??= new DataSource({ type: 'postgres', url, poolSize: 5 }).initialize();
    return this.opened;
  }

  /** A storage of cursors over these connections; undefined without Postgres. */
  async storage(schema: string | undefined): Promise<ProjectionStorage | undefined> {
    const opened = await this.open();
    return opened && this.log && PostgresProjectionStorage.open(this.log.database, opened, schema);
  }

  async onApplicationShutdown(): Promise<void> {
    const opened = await this.opened;
    this.opened = undefined;
    await opened?.destroy();
  }
}
