import type { ValidationError, ValidatorOptions } from 'class-validator';
import { getMetadataStorage, validate } from 'class-validator';

// Decorators mark what must hold; what they do not mention is none of their business. All faults, not the first.
const OPTIONS: ValidatorOptions = {
  forbidUnknownValues: false,
  stopAtFirstError: false,
  validationError: { target: false, value: false },
};

const known = new WeakMap<object, boolean>();

/** Whether a class, or one it extends, has decorators of class-validator; asked of its storage once for each class. */
export function hasRules(eventClass: object): boolean {
  let rules = known.get(eventClass);
  if (rules === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- class-validator's own type
    rules = getMetadataStorage().getTargetValidationMetadatas(eventClass as Function, '', true, false).length > 0;
    known.set(eventClass, rules);
  }
  return rules;
}

/** Where data breaks the rules of its class, as in `lines[1].quantity`, and what they ask for. */
export async function brokenRules(data: object): Promise<{ readonly path: string; readonly fault: string }[]> {
  const faults: { path: string; fault: string }[] = [];
  const collect = (errors: readonly ValidationError[], parent: string): void => {
    for (const { property, constraints = {}, children = [] } of errors) {
      const path = /^\d+$/.test(property)
        ? `${parent}[${property}]`
        : parent === ''
          ? property
          : `${parent}.${property}`;
      // class-validator begins its messages with the property's name, which the path already says.
      for (const message of Object.values(constraints)) {
        faults.push({ path, fault: message.startsWith(`${property} `) ? message.slice(property.length + 1) : message });
      }
      collect(children, path);
    }
  };
  collect(await validate(data, OPTIONS), '');
  return faults;
}
