/**
 * How values of one kind become plain JSON and come back equal: for what JSON has no word for, and for the application's
 * own value classes.
 */
export interface Codec<Value = unknown> {
  /** Names the kind, in errors and where a text must say which codec wrote it; so it never changes. */
  readonly name: string;
  /** Whether a value is of the kind. */
  is(value: unknown): value is Value;
  /** Plain JSON that says all that the value says. */
  encode(value: Value): unknown;
  /** The value again. Throws on what `encode` does not make. */
  decode(encoded: unknown): Value;
}
