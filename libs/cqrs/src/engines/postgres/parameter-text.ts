/**
 * A value as the text that Postgres reads it from, for any type of column.
 * @param isArray of the column; an array elsewhere is JSON
 */
export function parameterText(value: unknown, isArray: boolean): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Date) return localText(value);
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  if (isArray && Array.isArray(value)) return arrayText(value);
  return JSON.stringify(value);
}

/** A Postgres array literal. */
function arrayText(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (Array.isArray(value)) return arrayText(value);
    const text = parameterText(value, false);
    return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${elements.join(',')}}`;
}

/** With the offset of this process's zone, as the driver does: a `timestamp` without zone keeps the time of the clock. */
function localText(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
  const two = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
}
