import { readFileSync } from 'node:fs';
import { EventStore } from '@annals/event-store';
import type { MessageEvent } from '@nestjs/common';
import { Controller, Get, Header, Sse } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { InjectRepository } from '@nestjs/typeorm';
import type { Observable } from 'rxjs';
import { from, interval, map, merge, startWith, switchMap, throttleTime } from 'rxjs';
import { Repository } from 'typeorm';
import type { ImportProgress } from '../importing/importer.js';
import { Importer } from '../importing/importer.js';
import { OrderRow } from '../ordering/order-row.js';

const PAGE = readFileSync(new URL('./order-page.html', import.meta.url), 'utf8');
/** The page's own script and style, and nothing from anywhere else. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'";
const QUIET_MS = 500;
const AT_LEAST_EVERY_MS = 5_000;

/** What the page's head shows. */
export interface ShopStatus {
  readonly orders: number;
  readonly units: string;
  readonly total: string;
  readonly returned: string;
  readonly importing: ImportProgress | null;
}

/** The page with the live order list. */
@ApiExcludeController()
@Controller()
export class OrderPage {
  constructor(
    private readonly store: EventStore,
    private readonly importer: Importer,
    @InjectRepository(OrderRow) private readonly orders: Repository<OrderRow>,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', POLICY)
  page(): string {
    return PAGE;
  }

  @Get('status')
  async status(): Promise<ShopStatus> {
    const [row] = await this.orders.query<Omit<ShopStatus, 'importing'>[]>(
      `SELECT count(*)::int AS orders, coalesce(sum(units), 0)::text AS units, coalesce(sum(total), 0)::text AS total,
         coalesce(sum(returned_amount), 0)::text AS returned FROM shop."order"`,
    );
    if (row === undefined) throw new Error('A sum over no rows is a row');
    return { ...row, importing: this.importer.progress ?? null };
  }

  /** Says so whenever orders have changed; the page then asks for what it shows. */
  @Sse('changes')
  changes(): Observable<MessageEvent> {
    const events = from(this.store.head()).pipe(
      switchMap((head) => this.store.tail$(head, { types: ['order-placed', 'order-lines-returned'] })),
    );
    return merge(events, interval(AT_LEAST_EVERY_MS)).pipe(
      throttleTime(QUIET_MS, undefined, { leading: true, trailing: true }),
      startWith(undefined),
      map(() => ({ data: 'changed' })),
    );
  }
}
