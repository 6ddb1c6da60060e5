import { InvalidSchedule } from './invalid-schedule.js';

/** A class of commands, whatever its constructor takes. */
export type CommandClass = abstract new (...args: never[]) => object;

const classes = new Map<string, CommandClass>();
const names = new WeakMap<object, string>();

/**
 * Gives a class of commands the name it is stored under, so that its commands can be scheduled. They are stored as JSON and
 * made again without their constructor: their fields must be plain values.
 * @param name never changes: what is scheduled is found by it
 * @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`) when two classes have one name
 */
export const ScheduledCommand =
  (name: string) =>
  (target: CommandClass): void => {
    if (name.trim() === '') throw new InvalidSchedule('A scheduled command needs a name: @ScheduledCommand("…")');
    const other = classes.get(name);
    if (other !== undefined && other !== target)
      throw new InvalidSchedule(`Two classes of commands are scheduled as "${name}": ${other.name} and ${target.name}`);
    classes.set(name, target);
    names.set(target, name);
  };

/** The names under which classes are scheduled. */
export const scheduledNames = (): readonly string[] => [...classes.keys()];

/** The stored name of a command. @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`) when its class has none */
export function storedNameOf(command: object): string {
  const name = names.get(command.constructor);
  if (name !== undefined) return name;
  const { name: className } = command.constructor;
  throw new InvalidSchedule(`${className} cannot be scheduled: decorate the class with @ScheduledCommand("…")`);
}

/** The command that was stored. @throws InvalidSchedule (`CQRS_INVALID_SCHEDULE`) when no class has the name */
export function restoredCommand(name: string, fields: unknown): object {
  const type = classes.get(name);
  if (type === undefined)
    throw new InvalidSchedule(`No class of commands is scheduled as "${name}": import the one that was`);
  return Object.assign(Object.create(type.prototype as object) as object, fields);
}
