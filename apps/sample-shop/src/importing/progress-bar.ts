import { SingleBar } from 'cli-progress';

/** A bar on stderr for whoever watches; where nobody does, as in a pipe or a log, there is none. */
export class ProgressBar {
  private readonly bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {percentage} % of {total} lines, {duration_formatted}',
  });
  private isStarted = false;

  /** Shows how many lines of how many have been taken in. */
  readonly show = (done: number, all: number): void => {
    if (!process.stderr.isTTY) return;
    if (this.isStarted) this.bar.update(done);
    else this.bar.start(all, done);
    this.isStarted = true;
  };

  /** Leaves the bar as it stands, so that other text can follow. May come without a start. */
  stop(): void {
    if (this.isStarted) this.bar.stop();
    this.isStarted = false;
  }
}
