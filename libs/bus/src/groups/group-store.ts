import type { Topic } from '../topics/topic.js';
import type { EncodedRecord } from '../topics/encode-record.js';
import type { Beat } from './coordinate.js';
import type { PartitionId } from './group-state.js';

/** A partition that a member has. */
export interface OwnedPartition extends PartitionId {
  readonly topic: string;
  /** Its term of ownership: whatever the member does with the partition carries it. */
  readonly generation: number;
  /** The offset to go on from; null when the group has committed none. */
  readonly offset: number | null;
  /** True when the member has to let go of it. */
  readonly revoked: boolean;
  /** True when parked records of it are to be tried again. */
  readonly resumed: boolean;
}

/** Where a parked record lies; its key as `parkingKeyOf` gives it. */
export interface ParkedPlace {
  readonly key: string;
  readonly offset: number;
}

/** A parked record as an operator sees it. */
export interface ParkedRecord extends PartitionId {
  /** Null where the record has no key, and holds up nothing else. */
  readonly key: string | null;
  readonly offset: number;
  readonly failure: string | null;
  readonly since: Date;
  /** Whether it is to be tried again. */
  readonly resumed: boolean;
}

/** What a member learns from its beat. */
export interface BeatAnswer {
  readonly epoch: number;
  readonly owned: readonly OwnedPartition[];
  /** True when it is to have more as soon as others have let go of it: beat again soon. */
  readonly awaits: boolean;
  /** Milliseconds until another member may turn out to be dead: whoever beats just after takes its work over. */
  readonly expiresInMs: number;
}

/** A cursor that its owner moves. */
export interface CursorMove extends PartitionId {
  readonly generation: number;
  /** The offset to go on from. */
  readonly offset: number;
  readonly metadata?: string | null | undefined;
}

/** Who moves cursors. */
export interface Membership {
  readonly group: string;
  readonly memberId: string;
  readonly sessionMs: number;
}

/** Where a group stands in a partition. */
export interface GroupOffset extends PartitionId {
  readonly offset: number | null;
  readonly metadata: string | null;
  readonly member: string | null;
  readonly generation: number;
  /** What stands in the way of the partition, while something does. */
  readonly failure: { readonly message: string; readonly since: Date } | null;
}

/** A member as an operator sees it. */
export interface MemberDescription {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly topics: readonly string[];
  readonly seenAt: Date;
}

/** A group as it is stored. */
export interface StoredGroup {
  readonly name: string;
  readonly epoch: number;
  readonly members: readonly MemberDescription[];
  readonly offsets: readonly GroupOffset[];
}

/** The transaction of a handler: what is done in it stands or falls with the move of the cursor. */
export interface HandlerTransaction {
  /** The application's: TypeORM's `EntityManager` on Postgres, undefined in memory. */
  readonly manager: unknown;
  /** Adds to what is appended to topics at the end of this transaction, all of it together: so their partitions are held for a moment only. */
  append(topic: Topic, record: EncodedRecord & { readonly partition: number }): void;
}

/** A move that takes place with a handler's work. */
export interface TransactionalMove extends CursorMove {
  /** `topic/partition`, for errors. */
  readonly title: string;
  /** Where the cursor is; null when nothing was ever committed. */
  readonly from: number | null;
  /** A parked record that is done with it. */
  readonly unparks?: ParkedPlace | undefined;
}

/** Where groups, their members and cursors are kept. */
export abstract class GroupStore {
  /**
   * Takes a sign of life, and says which partitions the member has.
   * @throws UnknownMember (`BUS_UNKNOWN_MEMBER`), FencedInstance (`BUS_FENCED_INSTANCE`)
   */
  abstract beat(beat: Beat): Promise<BeatAnswer>;

  /** Takes a member out of its group, so that others have its partitions at once. Nothing happens when it is not there. */
  abstract leave(member: Membership): Promise<void>;

  /**
   * Moves cursors of the member's own partitions.
   * @param durable false: may be lost if the database crashes within the next moment; then records come again
   * @returns the partitions that are not its own in that generation any more: their cursors stay
   */
  abstract commit(member: Membership, moves: readonly CursorMove[], durable: boolean): Promise<readonly PartitionId[]>;

  /**
   * Locks a cursor, runs `work`, moves the cursor, all in one transaction.
   * @throws StaleGeneration (`BUS_STALE_GENERATION`), CursorMoved (`BUS_CURSOR_MOVED`), or what `work` throws: nothing is left behind
   */
  abstract transaction(
    member: Membership,
    move: TransactionalMove,
    work: (transaction: HandlerTransaction) => Promise<void>,
  ): Promise<void>;

  /**
   * Moves a cursor past a record that is set aside, in one transaction.
   * @param failure why; null for one that only follows another of its key
   * @returns false when the partition is not the member's own in that generation any more: nothing was changed
   */
  abstract park(member: Membership, move: CursorMove, place: ParkedPlace, failure: string | null): Promise<boolean>;

  /** The keys of parked records of a partition. */
  abstract parkedKeys(group: string, at: PartitionId): Promise<readonly string[]>;

  /** All parked records of those keys of a partition that are to be tried again, by key and offset. */
  abstract resumedRecords(group: string, at: PartitionId): Promise<readonly ParkedPlace[]>;

  /** Takes a parked record off the list, which is done. */
  abstract unpark(member: Membership, at: PartitionId, place: ParkedPlace): Promise<void>;

  /** Notes that a parked record has failed again: its key waits for the next resumption. */
  abstract suspend(member: Membership, at: PartitionId, place: ParkedPlace, failure: string): Promise<void>;

  /** Has parked records tried again: all of a group, or those of some keys. @returns how many */
  abstract resumeParked(group: string, keys: readonly string[] | undefined): Promise<number>;

  /** What a group has parked. */
  abstract listParked(group: string): Promise<readonly ParkedRecord[]>;

  /** Notes what stands in the way of a partition, until its cursor moves. */
  abstract noteFailure(
    member: Membership,
    at: PartitionId & { readonly generation: number },
    message: string,
  ): Promise<void>;

  /** The group, or undefined when there is none of this name. */
  abstract describe(group: string): Promise<StoredGroup | undefined>;

  /** The names of all groups. */
  abstract list(): Promise<readonly string[]>;

  /** Sets cursors of a group without members. @throws GroupNotEmpty (`BUS_GROUP_NOT_EMPTY`) */
  abstract setOffsets(group: string, offsets: readonly (PartitionId & { readonly offset: number })[]): Promise<void>;

  /** @throws GroupNotEmpty (`BUS_GROUP_NOT_EMPTY`), UnknownGroup (`BUS_UNKNOWN_GROUP`) */
  abstract delete(group: string): Promise<void>;

  /** Calls `wake` soon after partitions of a group were dealt anew, or freed, by whichever process. A hint. Returns how to stop. */
  abstract onChange(group: string, wake: () => void): () => void;
}
