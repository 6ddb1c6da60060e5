import { PostgresLog } from '@annals/log';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PostgresProjectionStorage } from '../engines/postgres/postgres-projection-storage.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';

/**
 * Connections to the event store's database beside the application's: for the cursors of what handles events by sending
 * commands, and for all cursors of an application without TypeORM. What such a handler appends is committed by itself; over the
 * application's own connections it would be taken for a part of the cursor's transaction, and wait for a connection that
 * cursors hold.
 */
@Injectable()
export class ProjectionDataSource implements OnApplicationShutdown {
  private opened: Promise<DataSource> | undefined;
  private opening: Promise<PostgresProjectionStorage> | undefined;

  constructor(
    @Inject(CQRS_OPTIONS) private readonly options: CqrsModuleOptions,
    @Optional() private readonly log?: PostgresLog,
  ) {}

  /** The storage of cursors over these connections, which are opened for it; undefined without Postgres. */
  storage(): Promise<PostgresProjectionStorage> | undefined {
    if (this.log !== undefined) this.opening ??= this.open(this.log);
    return this.opening;
  }

  async onApplicationShutdown(): Promise<void> {
    const opened = await this.opened;
    this.opened = undefined;
    await opened?.destroy();
  }

  private async open({ database }: PostgresLog): Promise<PostgresProjectionStorage> {
    const { connectionString: url } = database.options;
    this.opened = new DataSource({ type: 'postgres', url, poolSize: 5 }).initialize();
    const { projections, schema } = this.options;
    return PostgresProjectionStorage.open(database, await this.opened, projections?.schema ?? schema);
  }
}
