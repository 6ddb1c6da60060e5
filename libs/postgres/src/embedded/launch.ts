import { spawn } from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import type { ClusterFiles } from './cluster-files.js';
import { EmbeddedBinariesBroken } from './errors/embedded-binaries-broken.js';
import { markOf } from './process-mark.js';
import type { ProcessMark } from './process-mark.js';
import type { Programs } from './programs.js';
import { logSince, openLog } from './server-log.js';
import { serverEnvironment } from './server-settings.js';
import type { ServerUser } from './server-user.js';

/** A server this process has just started. */
export interface Launched {
  readonly mark: ProcessMark;
  /** Whether it has ended already. */
  ended(): boolean;
  /** Its last words since this start. */
  said(): string;
}

/**
 * Starts `postgres` in a session of its own: Ctrl-C in a terminal goes to the whole process group, and the server must
 * outlive the application's draining. It writes to the log file and holds no pipe to us, so it also outlives us.
 *
 * @param settings arguments as `settingArguments` makes them
 * @throws EmbeddedBinariesBroken (POSTGRES_EMBEDDED_BINARIES_BROKEN) when it cannot be started at all
 */
export async function launch(
  files: ClusterFiles,
  programs: Programs,
  user: ServerUser | undefined,
  settings: readonly string[],
): Promise<Launched> {
  const log = openLog(files.log);
  const from = fstatSync(log).size;
  try {
    const child = spawn(programs.postgres, ['-D', files.data, ...settings], {
      ...user,
      cwd: '/',
      detached: true,
      env: serverEnvironment(),
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
    await new Promise<void>((spawned, failed) => {
      child.once('spawn', spawned);
      child.once('error', (error) => failed(new EmbeddedBinariesBroken(programs.postgres, error.message, error)));
    });
    child.unref();
    const pid = child.pid ?? 0;
    return {
      // A server that is gone by now gets a mark no process has.
      mark: markOf(pid) ?? { pid, born: 'ended' },
      ended: () => child.exitCode !== null || child.signalCode !== null,
      said: () => logSince(files.log, from),
    };
  } finally {
    closeSync(log);
  }
}
