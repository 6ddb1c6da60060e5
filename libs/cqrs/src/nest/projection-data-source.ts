import { PostgresLog } from '@annals/log';
import { Injectable, Optional } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A connection to the event store's database for an application without TypeORM: its handlers need cursors, too. */
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

  async onApplicationShutdown(): Promise<void> {
    const opened = await this.opened;
    this.opened = undefined;
    await opened?.destroy();
  }
}
