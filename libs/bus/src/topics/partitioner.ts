import { partitionFor } from '@annals/log';

/** Chooses partitions for records without a key; keyed ones always go by murmur2 of the key, but with `roundRobin`. */
export interface Partitioner {
  /**
   * @param bytes of the record
   * @returns from 0 to `partitions - 1`
   */
  choose(key: string | null, partitions: number, bytes: number): number;
}

/**
 * Stays on one partition until about `batchBytes` went there, then picks another by chance, so that batches are large
 * (Kafka's BuiltInPartitioner).
 * @param random a number from 0 up to, but not including, 1
 */
export function stickyPartitioner(batchBytes: number, random: () => number): Partitioner {
  let current = -1;
  let sent = 0;
  return {
    choose(key, partitions, bytes) {
      if (key !== null) return partitionFor(key, partitions);
      if (current < 0 || current >= partitions || sent >= batchBytes) {
        const next = Math.floor(random() * (current < 0 || partitions === 1 ? partitions : partitions - 1));
        // One of the others, each as likely.
        current = current >= 0 && current < partitions && partitions > 1 && next >= current ? next + 1 : next;
        sent = 0;
      }
      sent += bytes;
      return current;
    },
  };
}

/** One partition after the other, also for records with a key (Kafka's RoundRobinPartitioner). */
export function roundRobinPartitioner(): Partitioner {
  let last = -1;
  return { choose: (_key, partitions) => (last = (last + 1) % partitions) };
}
