import { AppendTracker, EventStore, trackAppends } from '@annals/event-store';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost, Reflector } from '@nestjs/core';
import { concatMap, Observable } from 'rxjs';
import { Projections } from '../projecting/projections.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';
import type { CqrsModuleOptions } from './cqrs.options.js';
import { READS_FROM } from './reads-from.js';

/** Carries a checkpoint's token: out with the answer to a command, in with the next query. */
export const CHECKPOINT_HEADER = 'X-Annals-Checkpoint';

/** Nest's own mark of a method that answers with server-sent events. */
const SSE = '__sse__';

/**
 * Read-your-writes over HTTP. The answer to a request that appended events carries `X-Annals-Checkpoint`; a request that
 * carries it waits, where its handler says `@ReadsFrom(…)`, until those projections are as far. Use it with
 * `app.useGlobalInterceptors(app.get(CheckpointInterceptor))`, or on a controller.
 *
 * The wait ends with ProjectionNotReached (`CQRS_PROJECTION_NOT_REACHED`) after `checkpointTimeoutMs`, a foreign token with
 * CheckpointAhead (`STORE_CHECKPOINT_AHEAD`), one that is none with InvalidCheckpoint (`LOG_INVALID_CHECKPOINT`).
 */
@Injectable()
export class CheckpointInterceptor implements NestInterceptor {
  constructor(
    private readonly store: EventStore,
    private readonly projections: Projections,
    private readonly reflector: Reflector,
    private readonly adapter: HttpAdapterHost,
    @Optional() @Inject(CQRS_OPTIONS) private readonly options: CqrsModuleOptions = {},
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    await this.waitForRead(context);
    // A stream has no end at which its header could be set.
    if (this.reflector.get<boolean>(SSE, context.getHandler())) return next.handle();
    const tracker = new AppendTracker();
    const handled = new Observable((subscriber) => trackAppends(tracker, () => next.handle().subscribe(subscriber)));
    return handled.pipe(
      concatMap(async (answer) => {
        if (tracker.checkpoint !== undefined) {
          const token = await this.store.toToken(tracker.checkpoint);
          this.adapter.httpAdapter.setHeader(context.switchToHttp().getResponse(), CHECKPOINT_HEADER, token);
        }
        return answer;
      }),
    );
  }

  private async waitForRead(context: ExecutionContext): Promise<void> {
    const names = this.reflector.getAllAndMerge<string[]>(READS_FROM, [context.getHandler(), context.getClass()]);
    if (names.length === 0) return;
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string | string[] | undefined> }>();
    const token = request.headers[CHECKPOINT_HEADER.toLowerCase()];
    if (typeof token !== 'string' || token === '') return;
    const { checkpointTimeoutMs: timeoutMs = 5_000 } = this.options;
    const checkpoint = await this.store.fromToken(token);
    await Promise.all(names.map((name) => this.projections.reached(name, checkpoint, { timeoutMs })));
  }
}
