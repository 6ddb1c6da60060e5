import { Inject, Injectable, Optional } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { AsyncContext, CommandBus, QueryBus } from '@nestjs/cqrs';
import type { ICommand } from '@nestjs/cqrs';
import { UnitOfWork } from '@annals/log';
import { EventStore } from '@annals/event-store';
import { currentDelivery, idInDelivery, outsideDelivery } from '../commanding/delivering.js';
import type { Delivering } from '../commanding/delivering.js';
import { Projections } from '../projecting/projections.js';
import { CommandLedger } from '../commanding/command-ledger.js';
import { NEVER } from '../commanding/pipeline/deadline.js';
import { pipeline } from '../commanding/pipeline/stage.js';
import type { Execution } from '../commanding/pipeline/stage.js';
import { commandOptions, inExecution } from '../commanding/with-command.js';
import { standardOrder, standardStages } from './standard-stages.js';
import type { CqrsModuleOptions } from './cqrs.options.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';

const piped = new WeakSet<object>();

type BusExecute = (message: object, context?: AsyncContext) => Promise<unknown>;
type Handler = (execution: Execution, context: AsyncContext | undefined) => Promise<unknown>;

/**
 * Puts the pipeline around `execute` of every command bus and query bus of the application. The buses stay those of
 * `@nestjs/cqrs`: also a module that imports its `CqrsModule` itself, which makes buses of its own, gets the pipeline.
 * It is there before `@nestjs/cqrs` registers the handlers, so no command passes it by.
 */
@Injectable()
export class BusPipelines implements OnModuleInit {
  constructor(
    @Inject(CQRS_OPTIONS) private readonly options: CqrsModuleOptions,
    private readonly modules: ModulesContainer,
    private readonly moduleRef: ModuleRef,
    @Optional() private readonly ledger?: CommandLedger,
    @Optional() private readonly unitOfWork?: UnitOfWork,
    @Optional() private readonly store?: EventStore,
    @Optional() private readonly projections?: Projections,
  ) {}

  onModuleInit(): void {
    for (const module of this.modules.values()) {
      const commands = module.providers.get(CommandBus)?.instance as CommandBus | undefined;
      const queries = module.providers.get(QueryBus)?.instance as QueryBus | undefined;
      if (commands && !piped.has(commands)) this.pipeCommands(commands);
      if (queries && !piped.has(queries)) this.pipeQueries(queries);
    }
  }

  private pipeCommands(bus: CommandBus): void {
    piped.add(bus);
    const execute: BusExecute = bus.execute.bind(bus);
    const publishing = publishOnce(bus);
    const handler: Handler = (execution, context) =>
      execution.attempt === 1
        ? execute(execution.message, context)
        : publishing.silent(() => execute(execution.message, context ?? this.freshContext()));
    bus.execute = this.piped('command', handler);
  }

  private pipeQueries(bus: QueryBus): void {
    piped.add(bus);
    const execute: BusExecute = bus.execute.bind(bus);
    bus.execute = this.piped('query', ({ message }, context) => execute(message, context));
  }

  private piped(kind: Execution['kind'], handler: Handler): BusExecute {
    const { options, ledger, unitOfWork } = this;
    const stages = (options.pipeline ?? standardOrder)(
      standardStages(options, ledger, unitOfWork, this.durableStore()),
    );
    return (message, context) => {
      const run = pipeline(stages, (execution) => inExecution(execution, () => handler(execution, context)));
      const delivery = kind === 'command' ? currentDelivery() : undefined;
      try {
        const execution = this.executionOf(kind, message, delivery);
        const outcome = delivery === undefined ? run(execution) : outsideDelivery(() => run(execution));
        delivery?.commands.push(outcome);
        return outcome;
      } catch (error) {
        // A stage that is no asynchronous function throws at once; to the caller that is all one.
        return Promise.resolve().then(() => {
          throw error;
        });
      }
    };
  }

  /** Where events that are published are stored; undefined: they stay in memory. */
  private durableStore(): EventStore | undefined {
    const isDurable = (this.options.durableEvents ?? true) && this.projections?.canRun === true;
    return isDurable ? this.store : undefined;
  }

  private executionOf(kind: Execution['kind'], message: object, delivery: Delivering | undefined): Execution {
    const { commandId, timeoutMs, signal = NEVER } = commandOptions();
    const { commandIdOf, timeoutMs: usual } = this.options;
    return {
      kind,
      message,
      attempt: 1,
      commandId:
        kind === 'command'
          ? (commandId ?? commandIdOf?.(message) ?? (delivery && idInDelivery(delivery, message)))
          : undefined,
      signal,
      timeoutMs: timeoutMs ?? usual,
    };
  }

  /**
   * A request-scoped handler keeps its state per context, and the first attempt's is attached to the command: only with
   * another context a handler is made anew. A context that the caller gave is kept: it carries what the caller put there.
   */
  private freshContext(): AsyncContext {
    const context = new AsyncContext();
    this.moduleRef.registerRequestByContextId(context, context.id);
    // Tells the bus that it need not attach the context to the command, which has one that cannot be replaced.
    context.attachTo(context);
    return context;
  }
}

/** Lets the bus tell its subscribers of a command once, however often it is executed. */
function publishOnce(bus: CommandBus) {
  let isSilent = false;
  const { publisher } = bus;
  bus.publisher = {
    publish: (command: ICommand): unknown => (isSilent ? undefined : publisher.publish(command)),
  };
  return {
    /** `execute` publishes before it first waits, so that nothing else can run in between. */
    silent<Result>(execute: () => Result): Result {
      isSilent = true;
      try {
        return execute();
      } finally {
        isSilent = false;
      }
    },
  };
}
