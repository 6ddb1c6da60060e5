/** What wake-ups of a queue are about. */
export const queueSubject = (queue: number): string => `queue-${queue}`;
