import { CommandBus, Projections } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import type { Checkpoint } from '@annals/log';
import { derivedId, hasCode } from '@annals/message';
import { Injectable } from '@nestjs/common';
import { ListProduct } from '../catalogue/list-product.js';
import type { ImportCommand } from './commands-of.js';
import { commandOf } from './commands-of.js';
import type { Entry } from './entry.js';
import { ImportTally } from './import-summary.js';
import type { ImportSummary } from './import-summary.js';
import { InTurn } from './in-turn.js';
import type { RejectedLine } from './invoice-line.js';
import type { LeftOutInvoice } from './invoices-left-out.js';
import { InvoicesLeftOut } from './invoices-left-out.js';
import { recordedSales } from './recorded-sales.js';
import type { ReplayedEntry } from './replay.js';
import { replay } from './replay.js';
import { SalesLedger } from './sales-ledger.js';
import type { Survey } from './survey.js';

const AT_ONCE = 64;
const CATCH_UP_MS = 300_000;
/** How long a wait for the read model may keep an interrupted import from ending. */
const LOOK_MS = 500;
const PRODUCTS = '012c9f0e-0000-7000-8000-000000000001';

/** What a command answers when an invoice contradicts what is on record. */
const CONTRADICTIONS = [
  'SHOP_ORDER_EXISTS',
  'SHOP_RETURN_EXISTS',
  'SHOP_ADJUSTMENT_EXISTS',
  'SHOP_RETURN_REFUSED',
  'CQRS_AGGREGATE_NOT_FOUND',
] as const;

/** Who is told how far the import is, and how it is ended. */
export interface ImportOptions {
  /** Told of each line left out, in the order of the file. */
  readonly onRejected?: (line: RejectedLine) => void;
  /** Told how many lines of how many have been taken in. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Ends the import between two invoices; run again, it goes on where it was. */
  readonly signal?: AbortSignal;
}

/** How far an import in this process is; undefined when none has run. */
export interface ImportProgress {
  readonly done: number;
  readonly all: number;
  readonly isRunning: boolean;
}

/** Takes the invoices of a file in, through the shop's commands. What is on record already stays as it is. */
@Injectable()
export class Importer {
  private current: ImportProgress | undefined;

  constructor(
    private readonly commands: CommandBus,
    private readonly store: EventStore,
    private readonly projections: Projections,
  ) {}

  /** Of the import that runs, or ran last, in this process. */
  get progress(): ImportProgress | undefined {
    return this.current;
  }

  /**
   * Imports a file, and waits until the read model shows it.
   *
   * @param surveyed the survey of the file
   * @throws UnreadableFile (SHOP_UNREADABLE_FILE) when the file was changed since the survey; InvoicesLeftOut
   *   (SHOP_INVOICES_LEFT_OUT) at the end, when some contradict what is on record; the signal's reason when it was aborted
   */
  async import(surveyed: Survey, options: ImportOptions = {}): Promise<ImportSummary> {
    const tally = new ImportTally();
    const report = (isRunning: boolean): void => {
      this.current = { done: tally.lines, all: surveyed.lines, isRunning };
      options.onProgress?.(tally.lines, surveyed.lines);
    };
    report(true);
    try {
      const leftOut = await this.takeIn(surveyed, tally, options, () => report(true));
      await this.caughtUp(options.signal);
      if (leftOut.length > 0) throw new InvoicesLeftOut(leftOut, tally.summary());
    } finally {
      report(false);
    }
    return tally.summary();
  }

  private async takeIn(
    surveyed: Survey,
    tally: ImportTally,
    { onRejected = () => undefined, signal }: ImportOptions,
    onEntry: () => void,
  ): Promise<readonly LeftOutInvoice[]> {
    const ledger = new SalesLedger(await recordedSales(this.store, surveyed.ends));
    const descriptions = new Map<string, string | undefined>();
    const leftOut: LeftOutInvoice[] = [];
    const inTurn = new InTurn(AT_ONCE);
    try {
      for await (const replayed of replay(surveyed, { tally, onRejected, signal }, ledger)) {
        noteDescriptions(replayed.entry, descriptions);
        await inTurn.add(turnsOf(replayed), () => this.execute(commandOf(replayed), leftOut));
        onEntry();
      }
      await inTurn.end();
      // Last, so that a product's description does not depend on which invoice was faster.
      for (const command of listProducts(descriptions)) {
        signal?.throwIfAborted();
        await inTurn.add([], () => this.execute(command, leftOut));
      }
      await inTurn.end();
    } catch (error) {
      await inTurn.stop();
      throw error;
    }
    return leftOut;
  }

  private async execute(command: ImportCommand | ListProduct, leftOut: LeftOutInvoice[]): Promise<void> {
    try {
      await this.commands.execute(command);
    } catch (error) {
      const code = CONTRADICTIONS.find((each) => hasCode(error, each));
      if (code === undefined || !('number' in command)) throw error;
      leftOut.push({ invoice: command.number, reason: `${command.number}: ${(error as Error).message}` });
    }
  }

  private async caughtUp(signal: AbortSignal | undefined): Promise<void> {
    const head = await this.store.head();
    for (const name of this.projections.names) await this.reached(name, head, signal);
  }

  private async reached(name: string, head: Checkpoint, signal: AbortSignal | undefined): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
      signal?.throwIfAborted();
      try {
        await this.projections.reached(name, head, { timeoutMs: LOOK_MS });
        return;
      } catch (error) {
        if (!hasCode(error, 'CQRS_PROJECTION_NOT_REACHED') || waitedMs >= CATCH_UP_MS) throw error;
      }
    }
  }
}

/**
 * What must happen in the file's order: the registration of a customer, and all that is about one order. Adjustments
 * stand alone among themselves, since one of them may change many products.
 */
function turnsOf({ entry: { kind, invoice, customer }, matches }: ReplayedEntry): readonly string[] {
  if (kind === 'stock-adjustment') return ['stock'];
  if (kind === 'order') return [`invoice ${invoice}`, ...(customer === undefined ? [] : [`customer ${customer}`])];
  const orders = matches.flatMap(({ returned }) => returned.map((sale) => `invoice ${sale.invoice}`));
  return [...new Set([`invoice ${invoice}`, ...orders])];
}

/** The first description that a sale gives; elsewhere that column holds remarks. */
function noteDescriptions({ kind, lines }: Entry, descriptions: Map<string, string | undefined>): void {
  for (const { stockCode, description } of lines) {
    const told = kind === 'order' ? description : undefined;
    if (descriptions.get(stockCode) === undefined) descriptions.set(stockCode, told);
  }
}

function* listProducts(descriptions: ReadonlyMap<string, string | undefined>): Generator<ListProduct> {
  for (const [code, description] of descriptions) {
    // With the description, since a later file may describe what an earlier one only named.
    const commandId = derivedId(PRODUCTS, description === undefined ? code : `${code}\0${description}`);
    yield new ListProduct({ code, commandId, ...(description !== undefined && { description }) });
  }
}
