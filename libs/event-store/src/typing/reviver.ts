import { plainToInstance } from 'class-transformer';
import { Shredded } from '../shredding/shredded.js';
import type { CodedFields } from './coded-fields.js';
import { isTransformed } from './transformed-classes.js';

/** A class, whatever its constructor takes. */
export type AnyClass = abstract new (...given: never[]) => object;

/**
 * Makes instances of what was stored, without calling the constructor.
 *
 * Per event of 300 bytes on the machine of the benchmarks: 0.17 µs this way, several µs by plainToInstance, beside
 * 1.4 µs for JSON.parse. Hence plainToInstance only for classes with decorators of class-transformer, which need it.
 */
export function reviverOf(eventClass: AnyClass, coded: CodedFields | undefined): (plain: object) => object {
  // Decorators of properties have run by the time the class decorator asks.
  const assign = isTransformed(eventClass) ? transformer(eventClass, coded) : assigner(eventClass);
  return coded === undefined ? assign : (plain) => assign(coded.decode(plain));
}

/** Makes instances of given data, in which coded fields may have their values already. */
export function livenerOf(eventClass: AnyClass, coded: CodedFields | undefined): (data: object) => object {
  const assign = isTransformed(eventClass) ? transformer(eventClass, coded) : assigner(eventClass);
  return coded === undefined ? assign : (data) => assign(coded.live(data));
}

function assigner(eventClass: AnyClass): (data: object) => object {
  // Like `Object.create(prototype)`, but V8 gives what one function constructs one shape. The class's own constructor
  // must not run: it decides on arguments that are not there.
  const Bare = function () {
    // Empty: only its prototype matters.
  } as unknown as new () => object;
  Bare.prototype = eventClass.prototype as object;
  return (data) => Object.assign(new Bare(), data);
}

/** Values that a codec made, or that are shredded, are ready: class-transformer would take them apart. */
function transformer(eventClass: AnyClass, coded: CodedFields | undefined): (data: object) => object {
  return (data) => {
    const ready: Record<string, unknown> = {};
    const rest: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(data)) {
      if (value instanceof Shredded || coded?.has(key) === true) ready[key] = value;
      else rest[key] = value;
    }
    return Object.assign(plainToInstance(eventClass as new () => object, rest), ready);
  };
}
