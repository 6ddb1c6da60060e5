import { existsSync } from 'node:fs';
import type { ClusterFiles } from './cluster-files.js';
import { lockDirectory, lockDirectoryNow } from './cluster-lock.js';
import { EmbeddedBusy } from './errors/embedded-busy.js';
import { atFarewell } from './farewell.js';
import { noteHolder, otherHolders, removeHolder } from './holders.js';
import { findPostmaster } from './postmaster.js';
import { isRunning } from './process-mark.js';
import type { ProcessMark } from './process-mark.js';
import { removeFiles, shutDown, shutDownNow } from './shut-down.js';

/** An exit handler must not keep the terminal for long. */
const LOCK_AT_EXIT_MS = 2_000;
const STOP_AT_EXIT_MS = 10_000;

/** How a hold ends. */
export interface HoldOptions {
  readonly removeOnStop: boolean;
  readonly stopTimeoutMs: number;
  readonly handleSignals: boolean;
}

/**
 * One use of a cluster's server by this process: noted in the directory from before the server is started or attached to
 * until it is left. Whoever leaves and finds no other running holder stops the server.
 *
 *   (constructor, under the lock) held ── leave() ──► left
 *                                  └── process ends ──► left, by leaveNow()
 */
export class Hold {
  /** The server this hold started or attached to; known before PostgreSQL's own lock file is written. */
  server: ProcessMark | undefined;
  readonly #note: string;
  readonly #forget: () => void;
  #left = false;

  /**
   * Notes the hold. Called under the cluster's lock.
   *
   * @param files the cluster
   * @param options how it ends
   */
  constructor(
    private readonly files: ClusterFiles,
    private readonly options: HoldOptions,
  ) {
    this.#note = noteHolder(files.holders);
    this.#forget = atFarewell(() => this.leaveNow(), options.handleSignals);
  }

  /** Leaves, and stops the server if nobody else holds it. */
  async leave(): Promise<void> {
    // Removed by hand under a running server: there is nobody to agree with, and no lock to be made anew.
    if (!existsSync(this.files.directory)) return this.leaveLocked();
    try {
      const { lock } = await lockDirectory(this.files.directory, this.options.stopTimeoutMs);
      try {
        await this.leaveLocked();
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!(error instanceof EmbeddedBusy)) throw error;
      // Whoever has the lock is at work on the same server, and is a holder itself or will find none but itself.
      this.#depart();
    }
  }

  /** As `leave`, for a caller that has the lock. */
  async leaveLocked(): Promise<void> {
    if (this.#left) return;
    const last = this.#depart();
    if (!last) return;
    const server = this.#running();
    if (server !== undefined) await shutDown(this.files, server, this.options.stopTimeoutMs);
    this.#removeFiles();
  }

  /** As `leave`, blocking, for a process that is about to end. */
  leaveNow(): void {
    if (this.#left) return;
    const lock = this.#lockNow();
    const last = this.#depart();
    if (lock !== 'busy' && last) {
      const server = this.#running();
      if (server !== undefined) shutDownNow(server, Math.min(this.options.stopTimeoutMs, STOP_AT_EXIT_MS));
      this.#removeFiles();
    }
    if (lock !== 'busy') lock?.release();
  }

  /** A disk on which no lock can be written must not keep the server alive; so only another's lock counts. */
  #lockNow(): { release(): void } | undefined | 'busy' {
    if (!existsSync(this.files.directory)) return undefined;
    try {
      return lockDirectoryNow(this.files.directory, LOCK_AT_EXIT_MS) ?? 'busy';
    } catch {
      return undefined;
    }
  }

  /** Takes the note back. True when no other holder runs. */
  #depart(): boolean {
    this.#left = true;
    this.#forget();
    removeHolder(this.files.holders, this.#note);
    return otherHolders(this.files.holders).length === 0;
  }

  #running(): ProcessMark | undefined {
    const known = this.server !== undefined && isRunning(this.server) ? this.server : undefined;
    return findPostmaster(this.files.data) ?? known;
  }

  #removeFiles(): void {
    if (this.options.removeOnStop && existsSync(this.files.directory)) removeFiles(this.files);
  }
}
