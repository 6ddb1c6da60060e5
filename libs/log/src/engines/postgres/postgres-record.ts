import type { LoggedRecord } from '../../log-record.js';
import type { Offset, Position, Revision } from '../../numbers.js';

/** The columns that every read selects first, in this order. */
export type RecordRow = readonly [
  revision: Revision,
  type: string,
  version: number,
  data: string,
  metadata: string | null,
  id: string,
  offset: Offset,
  position: Position,
  recordedAt: Date,
  correlationId: string | null,
  tenant: string | null,
];

/** The columns that a state is rebuilt from. */
export type DataRow = readonly [revision: Revision, type: string, version: number, data: string];

/** A row of a read over several partitions; with a filter also how far its partition was read, and whether it goes on there. */
export type MergedRow = readonly [
  ...record: RecordRow,
  partition: number,
  stream: string,
  readTo?: number,
  goesOn?: boolean,
];

/** A row of a read backwards; last whether any partition was cut short. */
export type BackwardsRow = readonly [...record: RecordRow, partition: number, stream: string, more: boolean];

/** A row as a record, of the stream that was read. */
export const toRecord = (row: RecordRow, partition: number, stream: string): LoggedRecord => ({
  id: row[5],
  stream,
  revision: row[0],
  type: row[1],
  version: row[2],
  data: row[3],
  metadata: row[4],
  correlationId: row[9],
  tenant: row[10],
  partition,
  offset: row[6],
  position: row[7],
  recordedAt: row[8],
});
