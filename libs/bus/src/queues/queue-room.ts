import type { Queue, QueueState } from './queue.js';
import type { EnqueueResult, Routed } from './queue-store.js';

/** What a queue still takes. */
export interface Room {
  messages: number;
  bytes: number;
}

const isLimited = ({ config }: Queue): boolean => config.maxLength !== null || config.maxBytes !== null;

/** Whether a queue drops its oldest messages for those that come. */
export const isTrimmed = (queue: Queue): boolean => isLimited(queue) && queue.config.overflow === 'drop-head';

/** Whether a queue rejects what is beyond its length. */
export const rejects = (queue: Queue): boolean => isLimited(queue) && queue.config.overflow !== 'drop-head';

export const roomIn = ({ config }: Queue, { ready, readyBytes }: QueueState): Room => ({
  messages: (config.maxLength ?? Number.POSITIVE_INFINITY) - ready,
  bytes: (config.maxBytes ?? Number.POSITIVE_INFINITY) - readyBytes,
});

/**
 * Which queues take which messages: each takes them until it rejects the first.
 * @param roomOf is asked once for each queue that rejects
 */
export function admit(
  messages: readonly Routed[],
  roomOf: (queue: Queue) => Room,
): { readonly results: readonly EnqueueResult[]; readonly taken: readonly Routed[] } {
  const room = new Map<Queue, Room>();
  const taken: Routed[] = [];
  const results = messages.map((routed): EnqueueResult => {
    const queues = routed.queues.filter((queue) => {
      if (!rejects(queue)) return true;
      const left = room.get(queue) ?? roomOf(queue);
      room.set(queue, left);
      return takeRoom(left, routed.message.bytes);
    });
    taken.push({ ...routed, queues });
    const rejectedBy = routed.queues.filter((queue) => !queues.includes(queue));
    return rejectedBy.length > 0 ? { rejectedBy } : 'stored';
  });
  return { results, taken };
}

/** Whether a queue takes a message, until it rejects the first. Takes the room. */
function takeRoom(room: Room, bytes: number): boolean {
  if (room.messages < 1 || room.bytes < bytes) {
    room.messages = 0;
    return false;
  }
  room.messages -= 1;
  room.bytes -= bytes;
  return true;
}
