import { Command } from '@nestjs/cqrs';
import { IsOptional, IsUUID } from 'class-validator';
import { IsText } from '../is-text.js';
import type { Recorded } from '../recorded.js';

/** Lists a product, or describes one that has no description yet. */
export class ListProduct extends Command<Recorded> {
  /** UUID v7 */
  @IsOptional()
  @IsUUID(7)
  readonly commandId?: string;

  @IsText(100)
  readonly code!: string;

  @IsOptional()
  @IsText()
  readonly description?: string;

  constructor(given: Omit<ListProduct, keyof Command<Recorded>>) {
    super();
    Object.assign(this, given);
  }
}
