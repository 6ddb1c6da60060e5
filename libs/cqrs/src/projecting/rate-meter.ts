const WINDOW_MS = 10_000;
const SLOTS = 10;

/** Counts events over the last ten seconds. */
export class RateMeter {
  private readonly slots = new Array<number>(SLOTS).fill(0);
  private slot = 0;
  private readonly began: number;

  /** @param now milliseconds on a clock that never goes back */
  constructor(private readonly now: () => number) {
    this.began = now();
    this.slot = this.slotAt(this.began);
  }

  add(events: number): void {
    this.turn();
    this.slots[this.slot % SLOTS] = (this.slots[this.slot % SLOTS] ?? 0) + events;
  }

  get perSecond(): number {
    this.turn();
    const elapsedMs = Math.min(WINDOW_MS, Math.max(1_000, this.now() - this.began));
    return this.slots.reduce((sum, events) => sum + events, 0) / (elapsedMs / 1_000);
  }

  private turn(): void {
    const at = this.slotAt(this.now());
    for (let slot = Math.max(this.slot + 1, at - SLOTS + 1); slot <= at; slot += 1) this.slots[slot % SLOTS] = 0;
    this.slot = at;
  }

  private slotAt(ms: number): number {
    return Math.floor(ms / (WINDOW_MS / SLOTS));
  }
}
