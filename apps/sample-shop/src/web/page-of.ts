import { ApiProperty } from '@nestjs/swagger';

/** How many rows a list gives at the most, whatever is asked for. */
const MOST = 200;
const DEFAULT = 50;

/** Which part of a list is wanted. */
export interface Page {
  readonly take: number;
  readonly skip: number;
}

/** A whole number from a query string, or its default where there is none that makes sense. */
const whole = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;

/** Reads `limit` (1 to 200, default 50) and `offset` (default 0) of a query string. */
export const pageOf = (limit?: string, offset?: string): Page => ({
  take: Math.min(MOST, Math.max(1, whole(limit, DEFAULT))),
  skip: whole(offset, 0),
});

/** What a command left behind. */
export class Taken {
  @ApiProperty({ example: 'W5F0C2A9B11E4' })
  readonly number!: string;

  @ApiProperty({ enum: ['new', 'already'], description: 'already: it was on record, and nothing changed' })
  readonly recorded!: 'new' | 'already';
}
