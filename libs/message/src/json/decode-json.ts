import { NotDecodable } from './not-decodable.js';
import { isPoisonous } from './plain-json.js';

/**
 * The value of a JSON text. A text that `encodeJson` would not write for its keys is refused, so that no code that
 * copies or merges what was read can be made to change a prototype.
 * @throws NotDecodable (`MESSAGE_NOT_DECODABLE`) when it is no JSON, or has the key `__proto__`, or `constructor` with
 *   a `prototype` inside
 */
export function decodeJson(text: string): unknown {
  const value = parsed(text);
  if (mayBePoisonous(text) && typeof value === 'object' && value !== null) refusePoison(value);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NotDecodable('it is no JSON', cause);
  }
}

// A constructor needs a prototype inside to be poisonous, and \u00 may hide the letters of a key. Looking for three words is
// many times cheaper than walking each value, the more so since none of them begins with a quote.
const mayBePoisonous = (text: string): boolean =>
  text.includes('__proto__') || text.includes('prototype') || text.includes('\\u00');

function refusePoison(root: object): void {
  // A list, not recursion: a foreign text may be as deep as it likes.
  const rest: object[] = [root];
  for (let object = rest.pop(); object !== undefined; object = rest.pop()) {
    for (const [key, property] of Object.entries(object)) {
      if (isPoisonous(key, property)) throw new NotDecodable(`its key ${key} could change a prototype`);
      if (typeof property === 'object' && property !== null) rest.push(property as object);
    }
  }
}
