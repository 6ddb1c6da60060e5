import type { Codec } from '@annals/message';
import { CodedFields } from './coded-fields.js';
import { reviverOf } from './reviver.js';

/**
 * The codec of a value class: its own enumerable fields as an object, coded ones by their codecs. Reading does not call
 * the constructor. For `@Coded` fields of events and for the state in snapshots.
 * @param valueClass any class; its name, or `name`, tells the codec apart in snapshots
 */
export function instanceOf<Value extends object>(
  valueClass: abstract new (...given: never[]) => Value,
  name = valueClass.name,
): Codec<Value> {
  const coded = CodedFields.of(valueClass);
  const revive = reviverOf(valueClass, coded) as (plain: object) => Value;
  return {
    name,
    is: (value): value is Value => value instanceof valueClass,
    encode: (value) => (coded === undefined ? { ...value } : coded.encode(value)),
    decode: (encoded) => {
      if (typeof encoded !== 'object' || encoded === null || Array.isArray(encoded)) {
        throw new TypeError(`${JSON.stringify(encoded)} is no object`);
      }
      return revive(encoded);
    },
  };
}
