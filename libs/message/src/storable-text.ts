/**
 * Anybody's text, made one that Postgres stores: U+0000 and half a surrogate pair, which it cannot, become U+FFFD.
 *
 * @param most UTF-16 code units that are kept, from the start
 * @default most Infinity
 */
export const storableText = (text: string, most = Infinity): string =>
  // A cut may have left half a pair, and Buffer writes U+FFFD for that.
  Buffer.from((text.length > most ? text.slice(0, most) : text).replaceAll('\u0000', '\ufffd')).toString();
