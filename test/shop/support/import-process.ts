import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../dist/apps/sample-shop/src/importing/main.js', import.meta.url));

/** Bounds what an import may hold, whatever the size of its file: the four months have to fit into it. */
const HEAP = '--max-old-space-size=128';

/** How the program ended, and what it wrote until then. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The import's program, built, in a process of its own. */
export interface ImportProcess {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

/**
 * Starts the program of `npm run shop:import`, with a heap of 128 MB.
 *
 * @param connectionString of the shop's database
 * @param args as on the command line
 */
export function startImport(connectionString: string, ...args: readonly string[]): ImportProcess {
  const env = { ...process.env, DATABASE_URL: connectionString };
  const child = spawn(process.execPath, [HEAP, PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as Ended['code'],
    signal: signal as Ended['signal'],
    ...written,
  }));
  return { ended, kill: (signal) => void child.kill(signal) };
}
