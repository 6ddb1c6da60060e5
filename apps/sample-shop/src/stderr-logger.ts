import type { LogLevel } from '@nestjs/common';
import { ConsoleLogger } from '@nestjs/common';

/** Nest's logger on stderr, warnings included: on stdout stands what a program was asked for, such as a summary as JSON. */
export class StderrLogger extends ConsoleLogger {
  protected override printMessages(
    messages: unknown[],
    context?: string,
    logLevel?: LogLevel,
    _stream?: 'stdout' | 'stderr',
    errorStack?: unknown,
    params?: Record<string, unknown>,
  ): void {
    super.printMessages(messages, context, logLevel, 'stderr', errorStack, params);
  }
}
