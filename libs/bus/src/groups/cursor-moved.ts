import { AnnalsError } from '@annals/message';

/** A group's cursor is not where its member believed it to be, as after an operator moved it; nothing was committed. */
export class CursorMoved extends AnnalsError {
  readonly code = 'BUS_CURSOR_MOVED';
  override readonly retryable = true;

  constructor(
    readonly group: string,
    readonly partition: string,
    readonly expected: number,
    readonly actual: number | null,
  ) {
    super(
      `Group "${group}" stands at offset ${String(actual)} of partition ${partition}, not at ${expected}: ` +
        'nothing was committed, and its member goes on from there',
    );
  }
}
