import type { Enrolment, Log, StreamAppend, StreamAppended, UnitOfWork } from '@annals/log';
import { appendedOrThrow, checkpointAfter } from '@annals/log';
import type { PersonalData } from '../shredding/personal-data.js';
import type { AppendResult } from '../stream/appended.js';
import type { ChangeInContext, EventWriter } from './event-writer.js';

/** What events are written to. */
export interface StoreWriterParts {
  readonly log: Log;
  readonly unitOfWork: UnitOfWork;
  readonly writer: EventWriter;
  readonly personal: PersonalData;
}

const PENDING: AppendResult = Object.freeze({ pending: true });

/** Appends events, or enrols them in the calling code's unit of work. */
export class StoreWriter {
  constructor(private readonly parts: StoreWriterParts) {}

  /** @returns one result for each change */
  async append(changes: readonly ChangeInContext[]): Promise<readonly AppendResult[]> {
    const { unitOfWork, writer, personal } = this.parts;
    // Asked first: inside a transaction that no unit has joined nothing at all may be done.
    const unit = unitOfWork.current();
    const checking = writer.check(changes);
    // Without rules to check, an append reaches the log in the tick it is called in, and so the batch that is being made.
    const checked = checking instanceof Promise ? await checking : checking;
    const subjects = writer.subjectsIn(checked);
    const keys = subjects.length === 0 ? undefined : await personal.keysFor(subjects);
    const written = unit === undefined ? () => 0 : (key: string) => enrolledIn(unit, key);
    return this.commitIn(unit, writer.encode(checked, written, keys));
  }

  /** Appends records, all or none. */
  async commit(appends: readonly StreamAppend[]): Promise<readonly AppendResult[]> {
    return this.commitIn(this.parts.unitOfWork.current(), appends);
  }

  private async commitIn(
    unit: Enrolment | undefined,
    appends: readonly StreamAppend[],
  ): Promise<readonly AppendResult[]> {
    if (unit === undefined) {
      const appended = appendedOrThrow(await this.parts.log.append(appends));
      return appended.map((each) => this.resultOf(each));
    }
    unit.enrol(appends);
    return appends.map(() => PENDING);
  }

  private resultOf(appended: StreamAppended): AppendResult {
    const { revision, position } = appended;
    return { pending: false, revision, position, checkpoint: checkpointAfter([appended], this.parts.log.partitions) };
  }
}

function enrolledIn(unit: Enrolment, key: string): number {
  let records = 0;
  for (const append of unit.enrolled) if (append.stream === key) records += append.records.length;
  return records;
}
