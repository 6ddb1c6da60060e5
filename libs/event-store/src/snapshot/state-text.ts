import type { Codec } from '@annals/message';
import { bigintCodec, dateCodec, decodeJson, encodeJson } from '@annals/message';
import { Shredded } from '../shredding/shredded.js';
import { SnapshotNotEncodable } from './snapshot-not-encodable.js';

/** Bytes of one state as JSON at the most: beyond this, replaying is not the problem. */
const LIMIT_BYTES = 64 * 1024 * 1024;
const MAX_DEPTH = 200;
/** The one key of an object that stands for what JSON has no word for. */
const TAG = '$';
const BUILT_IN = ['array', 'bigint', 'date', 'map', 'number', 'object', 'set', 'shredded', 'undefined'];

/** That a value is gone is all that a snapshot may know of it. */
const shreddedCodec: Codec<Shredded> = {
  name: 'shredded',
  is: (value): value is Shredded => value instanceof Shredded,
  encode: ({ subject }) => subject,
  decode: (subject) => new Shredded(String(subject)),
};

type Tagged = readonly [kind: string, encoded?: unknown];

/**
 * States as JSON that gives back the very same: also undefined, NaN, -0, bigint, Date, Map, Set, and what the
 * application gives codecs for. Events name their fields' codecs; a state has no such declaration, so its text says of
 * each value what it is: `{"$":["date","2011-12-09T12:50:00.000Z"]}`.
 */
export class StateText {
  readonly #codecs: readonly Codec[];

  /** @throws RangeError when two codecs have one name, or one has the name of a kind that is built in */
  constructor(codecs: readonly Codec[] = []) {
    const names = [...BUILT_IN, ...codecs.map(({ name }) => name)];
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new RangeError(`Two codecs of snapshots are named "${twice}": name them apart`);
    this.#codecs = [...codecs, dateCodec, bigintCodec, shreddedCodec];
  }

  /** @throws SnapshotNotEncodable (`STORE_SNAPSHOT_NOT_ENCODABLE`) */
  encode(state: unknown): string {
    const plain = this.#plain(state, '', 0);
    try {
      return encodeJson(plain, { limitBytes: LIMIT_BYTES, what: 'the state' });
    } catch (cause) {
      throw new SnapshotNotEncodable('', `cannot be written: ${cause instanceof Error ? cause.message : ''}`, cause);
    }
  }

  /** @throws what a codec throws, NotDecodable (`MESSAGE_NOT_DECODABLE`), TypeError for a kind that has no codec now */
  decode(text: string): unknown {
    return this.#value(decodeJson(text));
  }

  #plain(value: unknown, path: string, depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SnapshotNotEncodable(path.slice(0, 80), 'lies too deep, or in a cycle');
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'undefined':
        return tagged('undefined');
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : tagged('number', Object.is(value, -0) ? '-0' : String(value));
      default:
        return value === null ? null : this.#object(value as object, path, depth + 1);
    }
  }

  #object(value: object, path: string, depth: number): unknown {
    if (Array.isArray(value))
      return Array.from<unknown, unknown>(value, (item, index) => this.#plain(item, `${path}[${index}]`, depth));
    const codec = this.#codecs.find((each) => each.is(value));
    if (codec !== undefined) return tagged(codec.name, codec.encode(value));
    if (value instanceof Map) return tagged('map', this.#entries([...value], path, depth));
    if (value instanceof Set)
      return tagged(
        'set',
        [...value].map((item) => this.#plain(item, path, depth)),
      );
    if (!isPlain(value)) {
      const kind = typeof value === 'object' ? value.constructor.name : typeof value;
      throw new SnapshotNotEncodable(path, `is a ${kind}: give the snapshot a codec for it`);
    }
    if (Object.hasOwn(value, TAG)) return tagged('object', this.#entries(Object.entries(value), path, depth));
    const entries = Object.entries(value).map(([key, property]) => [key, this.#plain(property, at(path, key), depth)]);
    return Object.fromEntries(entries) as unknown;
  }

  #entries(entries: readonly (readonly [unknown, unknown])[], path: string, depth: number): unknown {
    return entries.map(([key, value]) => [
      this.#plain(key, path, depth),
      this.#plain(value, at(path, typeof key === 'string' ? key : 'a value'), depth),
    ]);
  }

  #value(plain: unknown): unknown {
    if (typeof plain !== 'object' || plain === null) return plain;
    if (Array.isArray(plain)) return plain.map((item) => this.#value(item));
    const tag = (plain as Record<string, unknown>)[TAG];
    if (tag !== undefined) return this.#untagged(tag as Tagged);
    return Object.fromEntries(Object.entries(plain).map(([key, property]) => [key, this.#value(property)]));
  }

  #untagged([kind, encoded]: Tagged): unknown {
    switch (kind) {
      case 'undefined':
        return undefined;
      case 'number':
        return Number(encoded);
      case 'map':
        return new Map(this.#value(encoded) as [unknown, unknown][]);
      case 'set':
        return new Set(this.#value(encoded) as unknown[]);
      case 'object':
        return Object.fromEntries(this.#value(encoded) as [string, unknown][]);
      default: {
        const codec = this.#codecs.find(({ name }) => name === kind);
        if (codec === undefined) throw new TypeError(`The snapshot has a value of kind "${kind}", which has no codec`);
        return codec.decode(encoded);
      }
    }
  }
}

const tagged = (...tag: Tagged): unknown => ({ [TAG]: tag });

const at = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function isPlain(value: object): boolean {
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
