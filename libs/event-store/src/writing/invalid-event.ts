import { AnnalsError } from '@annals/message';

/** What is wrong with one part of one event. */
export interface EventFault {
  readonly stream: string;
  /** Which of the events for this stream, from 0 on. */
  readonly index: number;
  /** The stable name, as far as the event has one. */
  readonly type: string | undefined;
  /** The part at fault, as in `lines[1].quantity`; empty for the event itself. */
  readonly path: string;
  /** What is wrong, in words. */
  readonly fault: string;
}

/** Events that must not be stored; nothing was written. Names all faults of all events of the call. */
export class InvalidEvent extends AnnalsError {
  readonly code = 'STORE_INVALID_EVENT';

  constructor(readonly faults: readonly EventFault[]) {
    super(`Invalid events, nothing was written: ${faults.map(described).join('; ')}`);
  }
}

const described = ({ stream, index, type, path, fault }: EventFault): string =>
  `${type ?? 'event'} [${index}] for stream ${stream}: ${path === '' ? '' : `${path} `}${fault}`;
