// @ts-check
import { readFileSync, readdirSync } from 'node:fs';

/** The kernel counts in ticks; USER_HZ is 100 on every Linux that Node runs on. */
const MICROSECONDS_PER_TICK = 10_000;

/**
 * Reads what the whole Postgres process tree has used: the living backends and helpers, plus those the postmaster has already
 * reaped, so that the sum never falls when a connection ends.
 */
export class ServerCpu {
  /** @param {number | undefined} postmaster its process id; undefined when the server's processes cannot be seen from here */
  constructor(postmaster) {
    this.postmaster = postmaster;
  }

  /**
   * Finds the postmaster behind a connection. A server on another machine or in another process namespace is reported as unseen.
   *
   * @param {import('pg').Pool} pool of connections to the server
   */
  static async of(pool) {
    const { rows } = await pool.query('SELECT pg_backend_pid() AS pid');
    const backend = Number(rows[0].pid);
    const stat = readStat(backend);
    return new ServerCpu(stat !== undefined && /postgres/.test(stat.command) ? stat.parent : undefined);
  }

  /** @returns {number | undefined} microseconds since the server started, or undefined when they cannot be read */
  read() {
    if (this.postmaster === undefined) return undefined;
    const root = readStat(this.postmaster);
    if (root === undefined) return undefined;
    let ticks = root.own + root.reaped;
    for (const entry of readdirSync('/proc')) {
      const pid = Number(entry);
      if (!Number.isInteger(pid)) continue;
      const stat = readStat(pid);
      if (stat?.parent === this.postmaster) ticks += stat.own;
    }
    return ticks * MICROSECONDS_PER_TICK;
  }
}

/** @param {number} pid */
function readStat(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined; // gone between listing and reading, or no /proc at all
  }
  const close = text.lastIndexOf(')');
  const fields = text
    .slice(close + 2)
    .split(' ')
    .map(Number);
  const field = (/** @type {number} */ n) => fields[n - 3] ?? 0; // numbered as in proc(5); the first after the name is field 3
  return {
    command: text.slice(text.indexOf('(') + 1, close),
    parent: field(4),
    own: field(14) + field(15),
    reaped: field(16) + field(17),
  };
}
