import type { Enrolment, InMemoryTransaction, Participant } from '@annals/log';
import { CommandLedger } from '../../commanding/command-ledger.js';
import type { LedgerEntry } from '../../commanding/command-ledger.js';
import { CommandRecorded } from '../../commanding/command-recorded.js';

/** The ledger of commands in memory, for tests. */
export class InMemoryCommandLedger extends CommandLedger {
  readonly #entries = new Map<string, LedgerEntry & { readonly at: number }>();
  /** Written by units that are being committed. */
  readonly #reserved = new Set<string>();
  readonly #participant: Participant<LedgerEntry> = {
    flush: (transaction, entries) => {
      const within = transaction as InMemoryTransaction;
      const other = entries.find(({ commandId }) => this.#entries.has(commandId) || this.#reserved.has(commandId));
      if (other !== undefined) return Promise.reject(new CommandRecorded(other.commandId));
      for (const { commandId } of entries) this.#reserved.add(commandId);
      const free = (): void => {
        for (const { commandId } of entries) this.#reserved.delete(commandId);
      };
      within.atRollback(free);
      within.atCommit(() => {
        free();
        for (const entry of entries) this.#put(entry);
      });
      return Promise.resolve();
    },
  };

  /** @param now milliseconds on a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {
    super();
  }

  override find(commandId: string): Promise<LedgerEntry | undefined> {
    return Promise.resolve(this.#entries.get(commandId));
  }

  override enrol(unit: Enrolment, entry: LedgerEntry): void {
    unit.contribute(this.#participant, entry);
  }

  override record(entry: LedgerEntry): Promise<LedgerEntry> {
    if (!this.#entries.has(entry.commandId)) this.#put(entry);
    return Promise.resolve(this.#entries.get(entry.commandId) ?? entry);
  }

  override forget(beforeMs: number): Promise<number> {
    const old = [...this.#entries].filter(([, { at }]) => at < this.now() - beforeMs);
    for (const [id] of old) this.#entries.delete(id);
    return Promise.resolve(old.length);
  }

  #put(entry: LedgerEntry): void {
    this.#entries.set(entry.commandId, { ...entry, at: this.now() });
  }
}
