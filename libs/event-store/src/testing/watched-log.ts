import type { Checkpoint, LogBatch, LoggedRecord, ReadOptions, RevisionRange } from '@annals/log';
import { InMemoryLog } from '@annals/log';

/** A log in memory whose reads can be counted, held and failed. */
export class WatchedLog extends InMemoryLog {
  started = 0;
  running = 0;
  /** What a read waits for before it answers; it has read by then. */
  hold: (read: number) => Promise<void> = () => Promise.resolve();
  listeners = 0;

  override readStream(
    stream: string,
    range: RevisionRange,
    limit: number,
    direction: 'forwards' | 'backwards',
  ): Promise<readonly LoggedRecord[]> {
    return this.#watched(() => super.readStream(stream, range, limit, direction));
  }

  override readForwards(from: Checkpoint, options: ReadOptions): Promise<LogBatch> {
    return this.#watched(() => super.readForwards(from, options));
  }

  override onAppend(wake: () => void): () => void {
    const stop = super.onAppend(wake);
    let listening = 1;
    this.listeners += 1;
    return () => {
      this.listeners -= listening;
      listening = 0;
      stop();
    };
  }

  async #watched<Result>(read: () => Promise<Result>): Promise<Result> {
    const number = (this.started += 1);
    this.running += 1;
    try {
      const result = await read();
      await this.hold(number);
      return result;
    } finally {
      this.running -= 1;
    }
  }
}

/** A promise with its own resolve. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
