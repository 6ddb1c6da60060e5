import type { EventFault } from './invalid-event.js';
import { InvalidEvent } from './invalid-event.js';

/** Where a part of an event is at fault. */
export type PartFault = Pick<EventFault, 'path' | 'fault'>;

/** Collects what is wrong with the events of one call, so that all of it can be named at once. */
export class FaultList {
  private faults: EventFault[] | undefined;
  private ids: Set<string> | undefined;

  add(stream: string, index: number, type: string | undefined, { path, fault }: PartFault): void {
    (this.faults ??= []).push({ stream, index, type, path, fault });
  }

  addAll(stream: string, index: number, type: string | undefined, faults: readonly PartFault[]): void {
    for (const fault of faults) this.add(stream, index, type, fault);
  }

  /** Whether this id was asked about before: one given to two events. */
  isSecond(id: string): boolean {
    this.ids ??= new Set();
    if (this.ids.has(id)) return true;
    this.ids.add(id);
    return false;
  }

  /** @throws InvalidEvent (`STORE_INVALID_EVENT`) with all faults in the order of the events */
  throwIfAny(): void {
    if (this.faults === undefined) return;
    // Rules are checked side by side and end in any order.
    throw new InvalidEvent([...this.faults].sort((one, other) => one.index - other.index));
  }
}
