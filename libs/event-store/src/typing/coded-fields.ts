import { messageOf } from '@annals/message';
import type { Codec } from '@annals/message';
import { Shredded } from '../shredding/shredded.js';

/** A field of a class whose values a codec writes and reads. */
interface CodedField {
  readonly name: string;
  readonly codec: Codec;
  readonly each: boolean;
}

/** How a codec applies to a field. */
export interface CodedOptions {
  /** The field is an array, and the codec is for its items. @default false */
  readonly each?: boolean;
}

/** By prototype; without what it inherits. */
const declared = new WeakMap<object, CodedField[]>();

/**
 * Says how the values of an event's field become plain JSON, for what JSON has no word for: `@Coded(dateCodec)`,
 * `@Coded(decimalCodec(Decimal))`, `@Coded(instanceOf(Line), { each: true })`, or a codec of the application's own. What
 * is stored is plain and readable; what is read back is equal. Fields that are undefined or null are left as they are.
 */
export function Coded(codec: Codec, { each = false }: CodedOptions = {}): PropertyDecorator {
  return (target, property) => {
    const fields = declared.get(target) ?? [];
    declared.set(target, [...fields, { name: String(property), codec, each }]);
  };
}

/** What is wrong with the value of a field. */
interface FieldFault {
  readonly path: string;
  readonly fault: string;
}

/** The coded fields of a class, with those it inherits. */
export class CodedFields {
  readonly #fields: readonly CodedField[];

  /** @returns undefined when the class has none, so that it pays nothing */
  static of(eventClass: { readonly prototype: object }): CodedFields | undefined {
    const fields: CodedField[] = [];
    let prototype: object | null = eventClass.prototype;
    for (; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
      for (const field of declared.get(prototype) ?? []) {
        if (!fields.some(({ name }) => name === field.name)) fields.push(field);
      }
    }
    return fields.length === 0 ? undefined : new CodedFields(fields);
  }

  private constructor(fields: readonly CodedField[]) {
    this.#fields = fields;
  }

  has(name: string): boolean {
    return this.#fields.some((field) => field.name === name);
  }

  /** Where values are neither of their codec's kind nor in its stored form. */
  faults(data: object): FieldFault[] {
    return this.#fields.flatMap(({ name, codec, each }) =>
      valuesOf(data, name, each).flatMap(({ path, value }) => {
        try {
          written(codec, value);
          return [];
        } catch (error) {
          const why = messageOf(error);
          return [{ path, fault: `must be of kind "${codec.name}", or its stored form: ${why}` }];
        }
      }),
    );
  }

  /** The data with these fields in their stored form. */
  encode(data: object): object {
    return this.#replaced(data, written);
  }

  /** Stored data with the values of these fields. */
  decode(data: object): object {
    return this.#replaced(data, (codec, value) => codec.decode(value));
  }

  /** Given data with the values of these fields, which may be there already. */
  live(data: object): object {
    return this.#replaced(data, (codec, value) => (codec.is(value) ? value : codec.decode(value)));
  }

  #replaced(data: object, replace: (codec: Codec, value: unknown) => unknown): object {
    const copy: Record<string, unknown> = { ...data };
    for (const { name, codec, each } of this.#fields) {
      const value = copy[name];
      if (value === undefined || value === null || value instanceof Shredded) continue;
      copy[name] =
        each && Array.isArray(value) ? value.map((item: unknown) => replace(codec, item)) : replace(codec, value);
    }
    return copy;
  }
}

const written = (codec: Codec, value: unknown): unknown => codec.encode(codec.is(value) ? value : codec.decode(value));

function valuesOf(data: object, name: string, each: boolean): { path: string; value: unknown }[] {
  const value = (data as Record<string, unknown>)[name];
  if (value === undefined || value === null || value instanceof Shredded) return [];
  if (!each || !Array.isArray(value)) return [{ path: name, value }];
  return value.map((item: unknown, index) => ({ path: `${name}[${index}]`, value: item }));
}
