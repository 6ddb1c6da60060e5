import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams, SpawnOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Orders } from './program.js';

/** What the program says in one line. */
export interface Said {
  readonly url?: string;
  readonly started?: boolean;
  readonly stopped?: boolean;
  readonly drained?: boolean;
  readonly rows?: readonly Record<string, unknown>[];
  readonly failed?: { readonly code?: string; readonly message: string; readonly name: string };
}

/** How an application ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running program.ts. */
export class Application {
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private errors = '';

  constructor(program: string, orders: Orders, spawning: SpawnOptions & { readonly through?: readonly string[] } = {}) {
    const { through = [], ...options } = spawning;
    const [wrapper, ...wrapped] = through;
    const plain = [program, JSON.stringify(orders)];
    const args = wrapper === undefined ? plain : [...wrapped, process.execPath, ...plain];
    this.child = spawn(wrapper ?? process.execPath, args, { ...options, stdio: 'pipe' });
    this.child.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.child.stdin.on('error', () => undefined);
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.ended = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The next line. Rejects when the application has ended without another word. */
  async says(): Promise<Said> {
    const { done, value } = await this.lines.next();
    if (done) throw new Error(`the application ended: ${this.errors}`);
    return JSON.parse(value) as Said;
  }

  /** Waits until it is attached. */
  async up(): Promise<Required<Pick<Said, 'url' | 'started'>>> {
    const { url, started, failed } = await this.says();
    if (url === undefined || started === undefined) throw new Error(`not up: ${JSON.stringify(failed)}`);
    return { url, started };
  }

  /** Gives a command and returns what it says to that. */
  async told(command: string): Promise<Said> {
    this.tell(command);
    return this.says();
  }

  tell(command: string): void {
    this.child.stdin.write(`${command}\n`);
  }

  /** Sends a signal and waits until it has ended. */
  async signalled(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}
