import { CommandBus, Projections } from '@annals/cqrs';
import { EventStore } from '@annals/event-store';
import { derivedId } from '@annals/message';
import { Injectable } from '@nestjs/common';
import { ListProduct } from '../catalogue/list-product.js';
import type { ImportCommand } from './commands-of.js';
import { commandOf } from './commands-of.js';
import type { Entry } from './entry.js';
import { ImportTally } from './import-summary.js';
import type { ImportSummary } from './import-summary.js';
import { InTurn } from './in-turn.js';
import type { RejectedLine } from './invoice-line.js';
import { replay } from './replay.js';
import { survey } from './survey.js';

const AT_ONCE = 64;
const CATCH_UP_MS = 300_000;
const PRODUCTS = '012c9f0e-0000-7000-8000-000000000001';

/** How a file is read, and who is told how far the import is. */
export interface ImportOptions {
  readonly encoding?: 'utf-8' | 'latin-1';
  readonly dateOrder?: 'ymd' | 'dmy' | 'mdy';
  /** Told of each line left out, in the order of the file. */
  readonly onRejected?: (line: RejectedLine) => void;
  /** Told how many lines of how many have been taken in. */
  readonly onProgress?: (done: number, all: number) => void;
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

  get progress(): ImportProgress | undefined {
    return this.current;
  }

  /**
   * Imports a file, and waits until the read model shows it.
   *
   * @param path a `.csv` or `.csv.gz` file
   * @throws UnreadableFile (SHOP_UNREADABLE_FILE) before anything is written; OrderExists (SHOP_ORDER_EXISTS) and its like
   *   when an invoice is on record with other contents
   */
  async import(path: string, options: ImportOptions = {}): Promise<ImportSummary> {
    const { onProgress, onRejected } = options;
    const surveyed = await survey(path, options);
    const tally = new ImportTally();
    const inTurn = new InTurn(AT_ONCE);
    const descriptions = new Map<string, string | undefined>();
    const report = (done: number, isRunning = true): void => {
      this.current = { done, all: surveyed.lines, isRunning };
      onProgress?.(done, surveyed.lines);
    };
    report(0);
    try {
      for await (const replayed of replay(surveyed, { tally, ...(onRejected && { onRejected }) })) {
        noteDescriptions(replayed.entry, descriptions);
        await inTurn.add(turnOf(replayed.entry), () => this.execute(commandOf(replayed)));
        report(tally.summary().linesRead);
      }
      await inTurn.end();
      await this.listProducts(descriptions);
      const head = await this.store.head();
      for (const name of this.projections.names) await this.projections.reached(name, head, { timeoutMs: CATCH_UP_MS });
    } finally {
      report(tally.summary().linesRead, false);
    }
    return tally.summary();
  }

  private async execute(command: ImportCommand | ListProduct): Promise<void> {
    await this.commands.execute(command);
  }

  /** Last, so that a product's description does not depend on which invoice was faster. */
  private async listProducts(descriptions: ReadonlyMap<string, string | undefined>): Promise<void> {
    const inTurn = new InTurn(AT_ONCE);
    for (const [code, description] of descriptions) {
      const command = new ListProduct({
        code,
        commandId: derivedId(PRODUCTS, code),
        ...(description && { description }),
      });
      await inTurn.add(code, () => this.execute(command));
    }
    await inTurn.end();
  }
}

/** A customer's orders and returns belong together; a guest's, and adjustments, stand alone. */
const turnOf = ({ customer, invoice, kind }: Entry): string =>
  kind === 'stock-adjustment' ? 'stock' : customer === undefined ? `invoice ${invoice}` : `customer ${customer}`;

/** The first description that a sale gives; elsewhere that column holds remarks. */
function noteDescriptions({ kind, lines }: Entry, descriptions: Map<string, string | undefined>): void {
  for (const { stockCode, description } of lines) {
    const told = kind === 'order' ? description : undefined;
    if (descriptions.get(stockCode) === undefined) descriptions.set(stockCode, told);
  }
}
