import { ResourceLocked } from './resource-locked.js';
import { UnknownQueue } from './unknown-queue.js';

/** Why a consumer could not be added, as an error. */
export function refusal(queue: string, because: 'queue-gone' | 'has-exclusive' | 'has-others'): Error {
  if (because === 'queue-gone') return new UnknownQueue(queue);
  if (because === 'has-exclusive') return new ResourceLocked(queue, 'a consumer has it for itself');
  return new ResourceLocked(queue, 'it has consumers already, and this one wants it for itself');
}
