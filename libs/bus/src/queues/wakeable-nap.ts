/** A nap that ends when somebody wakes the sleeper, also when that happened between its last look and the nap. */
export class WakeableNap {
  #woken = false;
  #end: () => void = () => undefined;

  /** @param delay waits so many milliseconds, or less when the signal aborts; resolves either way */
  constructor(private readonly delay: (ms: number, signal: AbortSignal) => Promise<void>) {}

  wake(): void {
    this.#woken = true;
    this.#end();
  }

  /** To be called before a look: whoever wakes from here on is heard. */
  listen(): void {
    this.#woken = false;
  }

  /** @returns whether nobody woke it */
  async sleep(ms: number): Promise<boolean> {
    if (this.#woken) return false;
    const nap = new AbortController();
    this.#end = () => nap.abort();
    await this.delay(ms, nap.signal);
    this.#end = () => undefined;
    return !nap.signal.aborted;
  }
}
