import { getMetadataStorage, validate } from 'class-validator';
import type { ValidatorOptions } from 'class-validator';
import { InvalidCommand } from '../invalid-command.js';
import { InvalidQuery } from '../../querying/invalid-query.js';
import { faultsOf } from './fault.js';
import type { Execution, Stage } from './stage.js';

const OPTIONS: ValidatorOptions = { validationError: { target: false, value: false }, forbidUnknownValues: false };

/**
 * Checks commands and queries by the class-validator decorators on their classes, nested ones too; all faults are told
 * at once. Classes without such decorators pass.
 * @throws InvalidCommand (`CQRS_INVALID_COMMAND`), InvalidQuery (`CQRS_INVALID_QUERY`)
 */
export const validation: Stage = (next) => (execution) =>
  isDecorated(execution.message.constructor) ? check(execution).then(() => next(execution)) : next(execution);

async function check({ kind, message }: Execution): Promise<void> {
  const faults = (await validate(message, OPTIONS)).flatMap((error) => faultsOf(error));
  if (faults.length === 0) return;
  const { name } = message.constructor;
  throw kind === 'command' ? new InvalidCommand(name, faults) : new InvalidQuery(name, faults);
}

const decorated = new WeakMap<object, boolean>();

/** Asked once per class: class-validator looks its decorators up anew each time. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- class-validator's own type
function isDecorated(type: Function): boolean {
  let known = decorated.get(type);
  if (known === undefined) {
    known = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false).length > 0;
    decorated.set(type, known);
  }
  return known;
}
