/**
 * The wait of a reader that found nothing, which a wake-up ends; one that came during the read before it counts, too. Wake-ups
 * are so frequent that an AbortController for each would cost more than the read.
 */
export class Nap {
  #woken = false;
  #end: (() => void) | undefined;

  /** Forgets wake-ups so far: to be called before the read that would find what they were about. */
  begin(): void {
    this.#woken = false;
  }

  wake(): void {
    this.#woken = true;
    this.#end?.();
  }

  /** Waits so many milliseconds at the most; not at all after a wake-up since `begin`. */
  async take(ms: number): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = undefined;
  }
}
