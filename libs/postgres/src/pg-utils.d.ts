/** A part of the driver that its typings leave out. */
declare module 'pg/lib/utils.js' {
  const utils: {
    /** What the driver sends for a value: arrays, dates and objects as text. */
    prepareValue(value: unknown): string | Buffer | null;
  };
  export default utils;
}
