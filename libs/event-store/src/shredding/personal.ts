import type { Shredded } from './shredded.js';

/** A personal value as it is read: what it was, or that nobody can read it any more. */
export type Personal<Value> = Value | Shredded;

/** How a personal field is kept. */
export interface PersonalOptions {
  /** Whose it is, from the event's other fields. @default the field marked `@DataSubject`; else the event's stream */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the class that is being decorated
  readonly subject?: (event: any) => string;
}

interface PersonalField {
  readonly name: string;
  readonly subject: PersonalOptions['subject'];
}

/** The subject of an event, named by one of its fields. */
interface SubjectField {
  readonly name: string;
  readonly prefix: string | undefined;
}

const personalFields = new WeakMap<object, PersonalField[]>();
const subjectFields = new WeakMap<object, SubjectField>();

/**
 * Marks a field of an event whose value is somebody's personal data. It is stored encrypted with a key of that data
 * subject; once the key is erased (`Shredding.shred`) the field reads as `Shredded`. The whole value is encrypted,
 * whatever it is made of.
 */
export function Personal(options: PersonalOptions = {}): PropertyDecorator {
  return (target, property) => {
    const fields = personalFields.get(target) ?? [];
    personalFields.set(target, [...fields, { name: String(property), subject: options.subject }]);
  };
}

/**
 * Marks the field that says whose personal data the event has: `@DataSubject('customer')` on a field with `17850` makes
 * the subject `customer-17850`. It is stored as it is, so it must not be personal itself.
 * @param prefix what goes before the value, with a hyphen. @default nothing
 */
export function DataSubject(prefix?: string): PropertyDecorator {
  return (target, property) => {
    subjectFields.set(target, { name: String(property), prefix });
  };
}

/** The personal fields of a class. */
export interface PersonalFields {
  readonly names: readonly string[];
  /** Whose the value of a field is, in an event for a stream. */
  readonly subjectOf: (field: string, event: object, stream: string) => string;
}

/** @returns undefined when a class has none, or the fault, as the end of a sentence */
export function personalFieldsOf(eventClass: { readonly prototype: object }): PersonalFields | string | undefined {
  const fields: PersonalField[] = [];
  let subject: SubjectField | undefined;
  let prototype: object | null = eventClass.prototype;
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    fields.push(...(personalFields.get(prototype) ?? []));
    subject ??= subjectFields.get(prototype);
  }
  if (fields.length === 0) return undefined;
  if (fields.some(({ name }) => name === subject?.name)) {
    return `its field ${subject?.name ?? ''} is the data subject and personal: name subjects by an id that is not personal`;
  }
  const byName = new Map(fields.map(({ name, subject: of }) => [name, of]));
  return {
    names: [...byName.keys()],
    subjectOf: (field, event, stream) => {
      const own = byName.get(field)?.(event);
      if (own !== undefined) return own;
      if (subject === undefined) return stream;
      const id = String((event as Record<string, unknown>)[subject.name]);
      return subject.prefix === undefined ? id : `${subject.prefix}-${id}`;
    },
  };
}
