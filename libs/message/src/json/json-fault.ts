import { hasToJson, isPoisonous, isRecordLike, MAX_DEPTH } from './plain-json.js';

/** Where a value cannot be encoded, and why. */
export interface JsonFault {
  readonly path: string;
  readonly fault: string;
}

const CODEC = 'declare a codec for it, or turn it into plain JSON first';
const POISON = 'is a key that could change a prototype: name it otherwise';
// With the flag u only a half that has no partner matches.
const LONE_SURROGATE = /\p{Surrogate}/u;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Finds the first fault of a value, in the order in which JSON would be written; undefined when there is none. */
export function faultOf(value: unknown, path = '', depth = 0): JsonFault | undefined {
  switch (typeof value) {
    case 'string':
      return faultOfString(value, path, 'has');
    case 'number':
      return Number.isFinite(value) ? undefined : { path, fault: `is ${value}, which JSON has no number for` };
    case 'boolean':
      return undefined;
    case 'object':
      if (value === null) return undefined;
      if (depth >= MAX_DEPTH)
        return { path: shortened(path), fault: `lies deeper than ${MAX_DEPTH} levels, or in a cycle` };
      return Array.isArray(value) ? faultOfArray(value, path, depth + 1) : faultOfObject(value, path, depth + 1);
    case 'bigint':
      return { path, fault: `is a bigint: ${CODEC}` };
    default:
      return { path, fault: `is ${value === undefined ? 'undefined' : `a ${typeof value}`}, which JSON cannot say` };
  }
}

function faultOfArray(array: readonly unknown[], path: string, depth: number): JsonFault | undefined {
  if (hasToJson(array)) return { path, fault: `has a method toJSON: ${CODEC}` };
  for (let index = 0; index < array.length; index += 1) {
    const fault = faultOf(array[index], `${path}[${index}]`, depth);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfObject(object: object, path: string, depth: number): JsonFault | undefined {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null && !isRecordLike(object)) {
    return { path, fault: `is a ${nameOf(object)}: ${CODEC}` };
  }
  for (const [key, property] of Object.entries(object)) {
    if (property === undefined) continue;
    const at = pathOf(path, key);
    if (isPoisonous(key, property)) return { path: at, fault: POISON };
    const fault = faultOfString(key, at, 'is a key with') ?? faultOf(property, at, depth);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfString(text: string, path: string, has: string): JsonFault | undefined {
  if (text.includes('\u0000')) return { path, fault: `${has} the character U+0000, which Postgres cannot store` };
  if (LONE_SURROGATE.test(text)) return { path, fault: `${has} half a surrogate pair, which UTF-8 cannot say` };
  return undefined;
}

const pathOf = (path: string, key: string): string => {
  if (!IDENTIFIER.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
};

const shortened = (path: string): string => (path.length <= 80 ? path : `${path.slice(0, 80)}…`);

const nameOf = (object: object): string => {
  const { constructor } = object as { constructor?: unknown };
  return typeof constructor === 'function' && constructor.name !== ''
    ? constructor.name
    : 'object with a method toJSON';
};
