import { SetMetadata } from '@nestjs/common';

/** The metadata key of `@ReadsFrom`. */
export const READS_FROM = 'annals:reads-from';

/**
 * Marks a controller, or one of its methods, that reads projections' rows: with `CheckpointInterceptor` it waits until they
 * have done what the caller's `X-Annals-Checkpoint` names, so that a caller sees its own writes.
 * @param projections their names
 */
export const ReadsFrom = (...projections: readonly string[]): ClassDecorator & MethodDecorator =>
  SetMetadata(READS_FROM, projections);
