/** AMQP's short string: what names and routing keys may weigh. */
const MOST_NAME_BYTES = 255;

/** Why a text cannot name an exchange or a queue; nothing when it can. */
export function nameFaults(name: string, wanted: string): string[] {
  if (typeof name !== 'string') return [`its name is a ${typeof name}, and must be a text`];
  const faults = shortTextFaults('its name', name);
  if (name === '') faults.push(`the default exchange cannot be ${wanted}`);
  if (name.startsWith('amq.')) faults.push(`names that begin with "amq." are reserved, so it cannot be ${wanted}`);
  return faults;
}

/** Why a text cannot be a name or a routing key: it weighs too much, or has what the database cannot hold. */
export function shortTextFaults(what: string, text: unknown): string[] {
  if (typeof text !== 'string') return [`${what} is a ${typeof text}, and must be a text`];
  const bytes = text.length * 3 > MOST_NAME_BYTES ? Buffer.byteLength(text) : 0;
  if (bytes > MOST_NAME_BYTES)
    return [`${what} has ${bytes} bytes, and may have ${MOST_NAME_BYTES} (AMQP's short string)`];
  return text.includes('\0') || /\p{Surrogate}/u.test(text) ? [`${what} has U+0000 or half a surrogate pair`] : [];
}
