/**
 * A nap that ends when somebody wakes the sleeper, also when that happened between its last look and the nap. By a bare timer: an
 * AbortSignal costs as much as the rest of a wake-up.
 */
export class WakeableNap {
  #woken = false;
  #end: () => void = () => undefined;

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
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = () => undefined;
    return !this.#woken;
  }
}
