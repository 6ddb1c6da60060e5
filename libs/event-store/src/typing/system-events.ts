/** What the names of events begin with that the store itself appends; the application's may not. */
export const SYSTEM = '$';

/** Whether an event is the store's own, and says nothing of the domain. */
export const isSystemEvent = (type: string): boolean => type.startsWith(SYSTEM);
