// Names have no control characters, so the first one ends the name.
const SEPARATOR = '\u001f';
/** Stands for "the name has no hyphen": its category would otherwise go on into the tenant. */
const NO_HYPHEN = `-${SEPARATOR}${SEPARATOR}`;

/** A stream by its name, and whose it is. */
export interface NamedStream {
  readonly stream: string;
  /** Undefined: nobody's in particular. */
  readonly tenant: string | undefined;
}

/**
 * What a stream is stored under: two tenants have a stream of one name each. Without a tenant it is the name itself. The
 * category of the key, which ends at the first hyphen, is that of the name.
 * @param stream without control characters
 */
export function streamKey(stream: string, tenant: string | undefined): string {
  if (tenant === undefined) return stream;
  return stream.includes('-') ? `${stream}${SEPARATOR}${tenant}` : `${stream}${NO_HYPHEN}${tenant}`;
}

/** The stream that is stored under a key. */
export function streamOfKey(key: string): NamedStream {
  const end = key.indexOf(SEPARATOR);
  if (end < 0) return { stream: key, tenant: undefined };
  return key.startsWith(NO_HYPHEN, end - 1)
    ? { stream: key.slice(0, end - 1), tenant: key.slice(end + 2) }
    : { stream: key.slice(0, end), tenant: key.slice(end + 1) };
}

/** A stream in a sentence, by its key. */
export function titleOfKey(key: string): string {
  const { stream, tenant } = streamOfKey(key);
  return tenant === undefined ? stream : `${stream} of tenant ${tenant}`;
}
