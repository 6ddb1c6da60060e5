import { DomainEvent } from '@annals/event-store';
import type { RecordedReturnLine } from './return-line.js';

/** Further lines of a return that one event cannot hold. */
@DomainEvent('return-lines-recorded')
export class ReturnLinesRecorded {
  constructor(
    readonly number: string,
    readonly lines: readonly RecordedReturnLine[],
  ) {}
}
