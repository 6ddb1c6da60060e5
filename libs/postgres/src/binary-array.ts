/** The types whose arrays are sent, by their number in every Postgres. */
const OID = { int2: 21, int4: 23, int8: 20, text: 25, json: 114, uuid: 2950 } as const;

const HEADER_BYTES = 20;
const LENGTH_AT = 12;
const NULL = -1;
const TWO_TO_32 = 0x1_0000_0000;
const HYPHEN = 45;
const SHORT = 48;

/** The value of a hexadecimal digit by its character code. */
const DIGIT = new Uint8Array(128);
for (const [value, digits] of [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  'aA',
  'bB',
  'cC',
  'dD',
  'eE',
  'fF',
].entries()) {
  for (const digit of digits) DIGIT[digit.charCodeAt(0)] = value;
}

/**
 * A one-dimensional array in Postgres's binary format, built element by element. Against the driver's text arrays
 * (quoting, escaping, parsing by the server) this halves what a large batch costs on both sides. One instance serves
 * for array after array, and keeps its memory.
 */
class BinaryArray {
  protected bytes = Buffer.allocUnsafeSlow(4 * 1024);
  protected at = HEADER_BYTES;
  private length = 0;

  constructor(private readonly element: keyof typeof OID) {}

  /** The array of all elements since the last call. */
  take(): Buffer {
    const { bytes, length } = this;
    // Dimensions, whether there may be nulls (the server ignores it), type of the elements, their number, lower bound.
    bytes.writeInt32BE(length === 0 ? 0 : 1, 0);
    bytes.writeInt32BE(1, 4);
    bytes.writeInt32BE(OID[this.element], 8);
    bytes.writeInt32BE(length, LENGTH_AT);
    bytes.writeInt32BE(1, 16);
    const array = Buffer.from(bytes.subarray(0, length === 0 ? LENGTH_AT : this.at));
    this.at = HEADER_BYTES;
    this.length = 0;
    return array;
  }

  /** Makes room for an element of so many bytes and writes its length. */
  protected next(size: number, most = size): void {
    this.length += 1;
    if (this.at + 4 + most > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + 4 + most));
      this.bytes.copy(larger, 0, 0, this.at);
      this.bytes = larger;
    }
    this.at = this.bytes.writeInt32BE(size, this.at);
  }
}

/** An array of integers of two, four or eight bytes; of eight: safe integers, also negative ones. */
export class IntegerArray extends BinaryArray {
  constructor(private readonly size: 2 | 4 | 8) {
    super(`int${size}`);
  }

  add(value: number): this {
    this.next(this.size);
    if (this.size === 8) {
      const high = Math.floor(value / TWO_TO_32);
      this.at = this.bytes.writeInt32BE(high, this.at);
      this.at = this.bytes.writeUInt32BE(value - high * TWO_TO_32, this.at);
    } else if (this.size === 4) this.at = this.bytes.writeInt32BE(value, this.at);
    else this.at = this.bytes.writeInt16BE(value, this.at);
    return this;
  }
}

/** An array of texts, or of JSON texts, whose syntax the server checks. */
export class TextArray extends BinaryArray {
  constructor(element: 'text' | 'json' = 'text') {
    super(element);
  }

  add(value: string | null): this {
    if (value === null) {
      this.next(NULL, 0);
      return this;
    }
    // UTF-8 takes three bytes at the most for what is one in a string.
    this.next(0, value.length * 3);
    const size = this.writeShort(value) || this.bytes.write(value, this.at, 'utf8');
    this.bytes.writeInt32BE(size, this.at - 4);
    this.at += size;
    return this;
  }

  /** Names and ids are short and ASCII: a call into the runtime costs more than their letters. @returns bytes; 0: not written */
  private writeShort(value: string): number {
    const { length } = value;
    if (length > SHORT) return 0;
    const { bytes, at } = this;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return 0;
      bytes[at + index] = code;
    }
    return length;
  }
}

/** An array of UUIDs in their usual form. */
export class UuidArray extends BinaryArray {
  constructor() {
    super('uuid');
  }

  add(value: string): this {
    this.next(16);
    let read = 0;
    for (let written = 0; written < 16; written += 1) {
      if (value.charCodeAt(read) === HYPHEN) read += 1;
      const high = DIGIT[value.charCodeAt(read)] ?? 0;
      this.bytes[this.at + written] = high * 16 + (DIGIT[value.charCodeAt(read + 1)] ?? 0);
      read += 2;
    }
    this.at += 16;
    return this;
  }
}

/** A whole array at once. */
export function arrayOf<Value>(array: { add(value: Value): unknown; take(): Buffer }, values: Iterable<Value>): Buffer {
  for (const value of values) array.add(value);
  return array.take();
}
