import { AnnalsError } from '@annals/message';

/** A command cannot be scheduled as it is: its class has no stored name, or its timetable makes no sense. */
export class InvalidSchedule extends AnnalsError {
  readonly code = 'CQRS_INVALID_SCHEDULE';
}
