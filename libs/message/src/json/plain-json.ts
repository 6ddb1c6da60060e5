/** Levels of arrays and objects in each other at the most; a cycle ends here, too. */
export const MAX_DEPTH = 256;

/** The answer of `costOf` when the value holds something that JSON would change or refuse. */
export const FAULTY = -1;
/** The answer of `costOf` when the text would have more bytes than allowed. */
export const OVER = -2;

const OBJECT = Object.prototype;

/**
 * Looks over a value on the hot path, without a word about where a fault lies (`faultOf` finds that). Strings are not
 * looked into: what may be wrong in them shows in the text.
 * @param left bytes that may still be written; one at least goes for each value, so shared parts cannot explode
 * @returns the bytes then left, FAULTY or OVER
 */
export function costOf(value: unknown, depth: number, left: number): number {
  switch (typeof value) {
    case 'string':
      return value.length < left ? left - value.length - 1 : OVER;
    case 'number':
      return Number.isFinite(value) ? afterOne(left) : FAULTY;
    case 'boolean':
      return afterOne(left);
    case 'object':
      if (value === null) return afterOne(left);
      if (depth >= MAX_DEPTH) return FAULTY;
      return Array.isArray(value) ? costOfArray(value, depth + 1, left) : costOfObject(value, depth + 1, left);
    default:
      return FAULTY;
  }
}

const afterOne = (left: number): number => (left > 0 ? left - 1 : OVER);

function costOfArray(array: readonly unknown[], depth: number, left: number): number {
  if (hasToJson(array)) return FAULTY;
  let rest = afterOne(left);
  // By index, so that a hole reads as undefined, which is a fault.
  for (let index = 0; index < array.length && rest >= 0; index += 1) rest = costOf(array[index], depth, rest);
  return rest;
}

function costOfObject(object: object, depth: number, left: number): number {
  const prototype: unknown = Object.getPrototypeOf(object);
  const instance = prototype !== OBJECT && prototype !== null;
  if (instance && !isRecordLike(object)) return FAULTY;
  let rest = afterOne(left);
  for (const key in object) {
    if (instance && !Object.hasOwn(object, key)) continue;
    const property = (object as Record<string, unknown>)[key];
    if (property === undefined) continue;
    if (isPoisonous(key, property)) return FAULTY;
    rest = costOf(property, depth, rest);
    if (rest < 0) return rest;
  }
  return rest;
}

/** Whether an instance of a class is written by its own properties: not a Date, Map, Set, Error, Buffer, or with `toJSON`. */
export const isRecordLike = (object: object): boolean =>
  !hasToJson(object) && OBJECT.toString.call(object) === '[object Object]';

/** Whether JSON.stringify would write something else in the object's place. */
export const hasToJson = (object: object): boolean => typeof (object as { toJSON?: unknown }).toJSON === 'function';

/**
 * Whether code that copies or merges the decoded object key by key would change a prototype: `__proto__`, and
 * `constructor` with a `prototype` inside. `constructor` or `prototype` by itself is an ordinary word of many domains.
 */
export const isPoisonous = (key: string, property: unknown): boolean =>
  key === '__proto__' ||
  (key === 'constructor' && typeof property === 'object' && property !== null && Object.hasOwn(property, 'prototype'));
