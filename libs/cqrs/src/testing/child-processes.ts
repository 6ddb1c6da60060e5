import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Processes of a test, all of one program. */
export class ChildProcesses {
  private readonly path: string;
  private readonly running = new Set<ChildProcess>();

  /** @param program a file of this folder, which tells its parent when it is ready */
  constructor(program: string) {
    this.path = fileURLToPath(new URL(program, import.meta.url));
  }

  /** Those that were not killed, in the order they were started. */
  get all(): readonly ChildProcess[] {
    return [...this.running];
  }

  /** Starts one, and waits until it is ready. */
  async start(...given: readonly string[]): Promise<ChildProcess> {
    const child = fork(this.path, given, { execArgv: [] });
    this.running.add(child);
    await once(child, 'message');
    return child;
  }

  /** Kills one, and waits until it is gone. */
  async kill(child: ChildProcess): Promise<void> {
    this.running.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async killAll(): Promise<void> {
    await Promise.all(this.all.map((child) => this.kill(child)));
  }
}
