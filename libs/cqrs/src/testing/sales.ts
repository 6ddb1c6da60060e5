import { DomainEvent } from '@annals/event-store';
import type { RecordedEvent } from '@annals/event-store';
import { EntitySchema } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { On } from '../projecting/on.js';
import type { ProjectionContext } from '../projecting/projection-context.js';
import { Projection } from '../projecting/projection.js';

@DomainEvent('sales.sold')
export class Sold {
  constructor(
    readonly product: string,
    readonly quantity: number,
  ) {}
}
@DomainEvent('sales.noted')
export class Noted {}

export interface Sale {
  id: number;
  projection: string;
  event: string;
  stream: string;
  revision: number;
}
export const Sale = new EntitySchema<Sale>({
  name: 'sale',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    projection: { type: 'text' },
    event: { type: 'text' },
    stream: { type: 'text' },
    revision: { type: 'int' },
  },
});

export type Hook = (event: RecordedEvent<Sold>, manager: EntityManager) => Promise<unknown> | undefined;

/** Writes one row per event, without asking whether there is one: what is done twice shows. */
export function sales(name: string, hook: Hook = () => undefined): object {
  @Projection({ name })
  class Sales {
    @On(Sold)
    async sold(event: RecordedEvent<Sold>, { manager }: ProjectionContext): Promise<void> {
      const { id, stream, revision } = event;
      await manager.insert(Sale, { projection: name, event: id, stream, revision });
      await hook(event, manager);
    }
  }
  return new Sales();
}
