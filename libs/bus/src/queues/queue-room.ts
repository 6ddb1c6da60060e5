import type { Queue, QueueState } from './queue.js';

/** What a queue still takes. */
export interface Room {
  messages: number;
  bytes: number;
}

/** Whether a queue rejects what is beyond its length. */
export const rejects = ({ config }: Queue): boolean =>
  config.overflow !== 'drop-head' && (config.maxLength !== null || config.maxBytes !== null);

export const roomIn = ({ config }: Queue, { ready, readyBytes }: QueueState): Room => ({
  messages: (config.maxLength ?? Number.POSITIVE_INFINITY) - ready,
  bytes: (config.maxBytes ?? Number.POSITIVE_INFINITY) - readyBytes,
});

/** Whether a queue takes a message, until it rejects the first. Takes the room. */
export function takeRoom(room: Room, bytes: number): boolean {
  if (room.messages < 1 || room.bytes < bytes) {
    room.messages = 0;
    return false;
  }
  room.messages -= 1;
  room.bytes -= bytes;
  return true;
}
