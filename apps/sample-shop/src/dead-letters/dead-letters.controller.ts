import { Bus } from '@annals/bus';
import type { QueueMessage } from '@annals/bus';
import { Body, Controller, Get, Header, Post, Redirect } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DEAD_LETTERS } from '../shop-topology.js';
import type { DeadLetter } from './dead-letter.js';
import { deadLetterPage } from './dead-letter-page.js';

const inFewWords = ({ messageId, deaths, body }: QueueMessage): DeadLetter => {
  const [death] = deaths;
  return { messageId, queue: death?.queue ?? '', reason: death?.reason ?? '', count: death?.count ?? 0, body };
};

/** What could not be handled: shown, and sent back to where it came from. */
@ApiTags('dead letters')
@Controller()
export class DeadLettersController {
  constructor(private readonly bus: Bus) {}

  @Get('dead-letters')
  @ApiOperation({ summary: 'The dead letters, oldest first' })
  async list(): Promise<readonly DeadLetter[]> {
    return (await this.bus.queues.peek(DEAD_LETTERS)).map(inFewWords);
  }

  @Get('dead-letters/page')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
  async page(): Promise<string> {
    return deadLetterPage(await this.list());
  }

  @Post('dead-letters/redrive')
  @ApiOperation({ summary: 'Sends dead letters back to the queues in which they died: all, or the one of `messageId`' })
  @Redirect('/dead-letters/page', 303)
  async redrive(@Body() body: { readonly messageId?: string } = {}): Promise<void> {
    const messageId = typeof body.messageId === 'string' && body.messageId !== '' ? body.messageId : undefined;
    await this.bus.queues.redrive(DEAD_LETTERS, messageId === undefined ? {} : { messageId });
  }

  @Get('topology')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({ summary: 'Exchanges, bindings and queues as a Mermaid flowchart' })
  topology(): Promise<string> {
    return this.bus.queues.graph();
  }
}
