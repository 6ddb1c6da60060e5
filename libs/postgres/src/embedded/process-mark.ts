import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** One process, told apart from a later one that was given the same id. */
export interface ProcessMark {
  readonly pid: number;
  /** When it began, in the operating system's words; equal only for the same process. */
  readonly born: string;
}

/** `ps` for systems without /proc; empty when there is no such process. */
const ps = (pid: number, column: string): string =>
  spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();

/** Fields 3 and on of /proc/PID/stat; the second, the name, may itself contain blanks and brackets. */
function linuxStat(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function linuxBirth(pid: number): string | undefined {
  try {
    const fields = linuxStat(pid);
    // A zombie has ended; it only waits for its parent to notice.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // Field 22 counts from the boot, so a start after a reboot must not look like one before.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}+${fields[19] ?? ''}`;
  } catch {
    return undefined;
  }
}

function windowsBirth(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'running';
  } catch {
    return undefined;
  }
}

/**
 * When a process began.
 *
 * @param pid a process id
 * @returns undefined when there is no such process, or it has ended and is not reaped yet
 */
export function processBirth(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxBirth(pid);
  if (process.platform === 'win32') return windowsBirth(pid);
  if (ps(pid, 'stat').startsWith('Z')) return undefined;
  return ps(pid, 'lstart') || undefined;
}

/** The mark of the running process `pid`, undefined when there is none. */
export function markOf(pid: number): ProcessMark | undefined {
  const born = processBirth(pid);
  return born === undefined ? undefined : { pid, born };
}

/** Whether the very process that was marked still runs. */
export function isRunning(mark: ProcessMark): boolean {
  return processBirth(mark.pid) === mark.born;
}

/**
 * Whether a process works on a directory: PostgreSQL makes its data directory the working directory, however it was
 * started. Root in a container may not look at another user's (CAP_SYS_PTRACE), and other systems than Linux do not show
 * it; there the command line is asked. On Windows the answer is always yes.
 *
 * @param pid a running process
 * @param directory a real path
 */
export function worksIn(pid: number, directory: string): boolean {
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux') return ps(pid, 'command').includes(directory);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === directory;
  } catch {
    return linuxArguments(pid).includes(directory);
  }
}

function linuxArguments(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** This process. */
export const thisProcess = (): ProcessMark => ({ pid: process.pid, born: processBirth(process.pid) ?? 'unknown' });
