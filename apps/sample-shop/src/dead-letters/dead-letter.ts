/** A dead letter in few words. */
export interface DeadLetter {
  readonly messageId: string;
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  readonly body: unknown;
}
