import { InvalidTopic } from './invalid-topic.js';

/** What becomes of old records (Kafka's cleanup.policy): whole segments are deleted, or only the newest record of each key is kept. */
export type CleanupPolicy = 'delete' | 'compact' | 'compact,delete';

/** How a topic behaves. Times are milliseconds, sizes bytes; the names are Kafka's, in this language's spelling. */
export interface TopicConfig {
  /** How many partitions; may grow, never shrink. Growth moves no record, and changes where new keyed ones go. @default 8 */
  readonly partitions: number;
  /** @default 'delete' */
  readonly cleanupPolicy: CleanupPolicy;
  /** How long a record is kept at least; -1: for ever. @default 604800000 (7 days) */
  readonly retentionMs: number;
  /** Bytes the topic may take before its oldest segments go; -1: any number. @default -1 */
  readonly retentionBytes: number;
  /** When the segment that is written is closed, at the latest; only closed ones can go. @default 86400000 (1 day) */
  readonly segmentMs: number;
  /** Bytes at which the segment that is written is closed. @default 268435456 (256 MiB) */
  readonly segmentBytes: number;
  /** Bytes of key, value and headers of one record. @default 1048576 (1 MiB) */
  readonly maxRecordBytes: number;
  /** How many copies, the primary's included, must have a record before `acks: 'all'` is answered. @default 1 */
  readonly minInsyncReplicas: number;
  /** How young a record may be and still be left alone by compaction. @default 0 */
  readonly minCompactionLagMs: number;
  /** How long a tombstone is kept after the first compaction that met it. @default 86400000 (1 day) */
  readonly deleteRetentionMs: number;
}

/** A topic: P append-only partitions of records. */
export interface Topic {
  /** Never given again: a topic that is deleted and created anew has another, and so nothing of the old one's offsets. */
  readonly id: number;
  readonly name: string;
  readonly config: TopicConfig;
  /** True for a log that is written elsewhere and only shown here. */
  readonly readOnly: boolean;
}

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const DEFAULTS: TopicConfig = {
  partitions: 8,
  cleanupPolicy: 'delete',
  retentionMs: 7 * DAY_MS,
  retentionBytes: -1,
  segmentMs: DAY_MS,
  segmentBytes: 256 * MIB,
  maxRecordBytes: MIB,
  minInsyncReplicas: 1,
  minCompactionLagMs: 0,
  deleteRetentionMs: DAY_MS,
};

const POLICIES: readonly unknown[] = ['delete', 'compact', 'compact,delete'];
/** The least of each number; those of -1 have no bound there. */
const LEAST = {
  partitions: 1,
  retentionMs: -1,
  retentionBytes: -1,
  segmentMs: 1,
  segmentBytes: 1,
  maxRecordBytes: 1,
  minInsyncReplicas: 1,
  minCompactionLagMs: 0,
  deleteRetentionMs: 0,
} as const;
const MOST_PARTITIONS = 1024;

/**
 * The whole configuration of what is asked for.
 * @param base what is not given stays as here
 * @throws InvalidTopic (`BUS_INVALID_TOPIC`) naming every fault at once
 */
export function resolveTopicConfig(
  topic: string,
  given: Partial<TopicConfig>,
  base: TopicConfig = DEFAULTS,
): TopicConfig {
  const faults: string[] = [];
  const known = Object.entries(given).filter(([, value]: [string, unknown]) => value !== undefined);
  for (const [name] of known) if (!(name in DEFAULTS)) faults.push(`a topic has no ${name}`);
  const config = { ...base, ...Object.fromEntries(known) };
  for (const [name, least] of Object.entries(LEAST)) {
    const value = config[name as keyof typeof LEAST];
    if (!Number.isSafeInteger(value) || value < least) {
      faults.push(`${name} is ${String(value)}, and must be a whole number from ${least} on`);
    }
  }
  if (config.partitions > MOST_PARTITIONS) faults.push(`partitions must be at most ${MOST_PARTITIONS}`);
  if (config.partitions < base.partitions && base !== DEFAULTS) {
    faults.push(`it has ${base.partitions} partitions, and cannot shrink to ${config.partitions}`);
  }
  if (!POLICIES.includes(config.cleanupPolicy)) {
    faults.push(`cleanupPolicy is ${JSON.stringify(config.cleanupPolicy)}, and must be one of ${POLICIES.join(' | ')}`);
  }
  if (faults.length > 0) throw new InvalidTopic(topic, faults);
  return config;
}

const LONGEST_NAME = 249;

/**
 * Kafka's rule for names (Topic.java): 1 to 249 of `a-z A-Z 0-9 . _ -`, and neither `.` nor `..`.
 * @throws InvalidTopic (`BUS_INVALID_TOPIC`)
 */
export function checkTopicName(name: string): string {
  const faults: string[] = [];
  if (name === '.' || name === '..') faults.push('its name may not be "." or ".."');
  if (name === '' || name.length > LONGEST_NAME) {
    faults.push(`its name must have 1 to ${LONGEST_NAME} characters, not ${name.length}`);
  }
  if (/[^a-zA-Z0-9._-]/.test(name)) faults.push('its name may have only letters, digits, ".", "_" and "-"');
  if (faults.length > 0) throw new InvalidTopic(name, faults);
  return name;
}

/** Names that differ in `.` and `_` alone collide, since metrics show both as `_` (Kafka's Topic.hasCollision). */
export const collidingName = (name: string): string => name.replaceAll('.', '_');
