/** A request whose outcome someone waits for. */
export class Pending<Request, Outcome> {
  /** Milliseconds by the scheduler's clock: since when it, or what it waits for, has failed. */
  failingSince: number | undefined = undefined;
  /** True once an attempt was made of which nobody knows whether it took effect. */
  repeat = false;

  constructor(
    readonly request: Request,
    readonly resolve: (outcome: Outcome) => void,
    readonly reject: (error: unknown) => void,
  ) {}
}
