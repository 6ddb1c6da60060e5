import type { Enrolment, Log, StreamAppend, StreamAppended, UnitOfWork } from '@annals/log';
import { appendedOrThrow, checkpointAfter } from '@annals/log';
import type { PersonalData } from '../shredding/personal-data.js';
import type { AppendResult } from '../stream/appended.js';
import type { AppendOptions, StreamChange } from '../stream/append-options.js';
import { appendContext } from './append-context.js';
import type { ChangeInContext, EventWriter } from './event-writer.js';
import type { InlineHandlers } from './inline-handlers.js';
import { tracedWrite } from './traced-write.js';
import { currentTracker } from './track-appends.js';

/** What events are written to. */
export interface StoreWriterParts {
  readonly log: Log;
  readonly unitOfWork: UnitOfWork;
  readonly writer: EventWriter;
  readonly personal: PersonalData;
  readonly inline: InlineHandlers;
}

const PENDING: AppendResult = Object.freeze({ pending: true });

/** Appends events, or enrols them in the calling code's unit of work. */
export class StoreWriter {
  constructor(private readonly parts: StoreWriterParts) {}

  /** @param answer what the caller is given of the results, one for each change */
  append<Answer>(
    changes: readonly StreamChange[],
    options: AppendOptions,
    answer: (results: readonly AppendResult[]) => Answer,
  ): Promise<Answer> {
    // A wrong command id rejects, as all that is wrong does.
    const context = attempt(() => appendContext(options));
    if (context instanceof Error) return Promise.reject(context);
    const inContext = changes.map(({ stream, expected, events }) => ({ stream, expected, events, context }));
    return this.appendInContext(inContext, answer);
  }

  /** The same for changes that each have a context of their own. */
  async appendInContext<Answer>(
    changes: readonly ChangeInContext[],
    answer: (results: readonly AppendResult[]) => Answer,
  ): Promise<Answer> {
    const { unitOfWork, writer, personal } = this.parts;
    // Asked first: inside a transaction that no unit has joined nothing at all may be done.
    const unit = unitOfWork.current();
    const checking = writer.check(changes);
    // Without rules to check, an append reaches the log in the tick it is called in, and so the batch that is being made.
    const checked = checking instanceof Promise ? await checking : checking;
    const subjects = writer.subjectsIn(checked);
    const keys = subjects.length === 0 ? undefined : await personal.keysFor(subjects);
    const written = unit === undefined ? () => 0 : (key: string) => enrolledIn(unit, key);
    const appends = writer.encode(checked, written, keys);
    if (unit !== undefined) return answer(this.enrol(unit, appends));
    const appended = this.parts.inline.want(appends)
      ? await tracedWrite(
          'append',
          () => streamsOf(appends),
          () => this.appendInUnit(appends),
        )
      : appendedOrThrow(
          await tracedWrite(
            'append',
            () => streamsOf(appends),
            () => this.parts.log.append(appends),
          ),
        );
    currentTracker()?.add(appended, this.parts.log.partitions);
    return answer(appended.map((each) => this.resultOf(each)));
  }

  /** What is handled inline shares a transaction with the handlers' rows. */
  private async appendInUnit(appends: readonly StreamAppend[]): Promise<readonly StreamAppended[]> {
    const { unitOfWork } = this.parts;
    const { appended } = await unitOfWork.run(async () => {
      this.enrol(unitOfWork.current() as Enrolment, appends);
      return Promise.resolve();
    });
    return appended;
  }

  private enrol(unit: Enrolment, appends: readonly StreamAppend[]): readonly AppendResult[] {
    unit.enrol(appends);
    this.tellTracker(unit);
    if (this.parts.inline.want(appends)) this.parts.inline.handleBeforeFlush(unit);
    return appends.map(() => PENDING);
  }

  private tellTracker(unit: Enrolment): void {
    const tracker = currentTracker();
    if (tracker === undefined) return;
    // A unit that is told twice tells of the same appends twice, which is no harm.
    unit.afterCommit((appended) => {
      tracker.add(appended, this.parts.log.partitions);
    });
  }

  /** Appends records, all or none. */
  async commit(appends: readonly StreamAppend[]): Promise<readonly AppendResult[]> {
    const unit = this.parts.unitOfWork.current();
    if (unit !== undefined) return this.enrol(unit, appends);
    return appendedOrThrow(await this.parts.log.append(appends)).map((each) => this.resultOf(each));
  }

  private resultOf(appended: StreamAppended): AppendResult {
    const { revision, position } = appended;
    return { pending: false, revision, position, checkpoint: checkpointAfter([appended], this.parts.log.partitions) };
  }
}

const streamsOf = (appends: readonly StreamAppend[]): string[] => appends.map(({ stream }) => stream);

function enrolledIn(unit: Enrolment, key: string): number {
  let records = 0;
  for (const append of unit.enrolled) if (append.stream === key) records += append.records.length;
  return records;
}

function attempt<Result>(work: () => Result): Result | Error {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
