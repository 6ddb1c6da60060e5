import { InvalidSchedule } from '../commanding/scheduling/invalid-schedule.js';
import { ScheduleStore } from '../commanding/scheduling/schedule-store.js';

/** Where there is no database nothing can wait for its time. */
export class NoScheduleStore extends ScheduleStore {
  override schedule(): Promise<never> {
    return Promise.reject(new InvalidSchedule('Commands are scheduled in Postgres: import EventStoreModule on it'));
  }
  override cancel(): Promise<boolean> {
    return Promise.resolve(false);
  }
  override claim(): Promise<never[]> {
    return Promise.resolve([]);
  }
  override renew(): Promise<void> {
    return Promise.resolve();
  }
  override done(): Promise<void> {
    return Promise.resolve();
  }
  override failed(): Promise<void> {
    return Promise.resolve();
  }
  override retry(): Promise<boolean> {
    return Promise.resolve(false);
  }
  override waiting(): Promise<never[]> {
    return Promise.resolve([]);
  }
  override keepTimetable(): Promise<void> {
    return Promise.resolve();
  }
  override turnTimetables(): Promise<void> {
    return Promise.resolve();
  }
  override nextInMs(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
