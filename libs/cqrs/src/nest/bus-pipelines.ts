import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { AsyncContext, CommandBus, QueryBus } from '@nestjs/cqrs';
import type { ICommand } from '@nestjs/cqrs';
import { conflictRetry } from '../commanding/pipeline/conflict-retry.js';
import { metadataContext } from '../commanding/pipeline/metadata-context.js';
import { pipeline } from '../commanding/pipeline/stage.js';
import type { Execute } from '../commanding/pipeline/stage.js';
import { validation } from '../commanding/pipeline/validation.js';
import { resolveConflictRetry } from '../commanding/retry-on-conflict.js';
import type { CqrsModuleOptions } from './cqrs.options.js';
import { CQRS_OPTIONS } from './cqrs.module-definition.js';

const piped = new WeakSet<object>();

type BusExecute = (message: object, context?: AsyncContext) => Promise<unknown>;

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
    const stages = [
      metadataContext(),
      validation,
      ...(this.options.stages ?? []),
      conflictRetry(resolveConflictRetry(this.options.retry)),
    ];
    bus.execute = (command: object, context?: AsyncContext) => {
      const handler: Execute = async ({ message, attempt }) =>
        attempt === 1
          ? execute(message, context)
          : publishing.silent(() => execute(message, context ?? this.freshContext()));
      return pipeline(stages, handler)({ kind: 'command', message: command, attempt: 1 });
    };
  }

  private pipeQueries(bus: QueryBus): void {
    piped.add(bus);
    const execute: BusExecute = bus.execute.bind(bus);
    const stages = [validation, ...(this.options.stages ?? [])];
    bus.execute = (query: object, context?: AsyncContext) => {
      const handler: Execute = ({ message }) => execute(message, context);
      return pipeline(stages, handler)({ kind: 'query', message: query, attempt: 1 });
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
