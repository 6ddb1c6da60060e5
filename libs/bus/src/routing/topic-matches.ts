/**
 * Whether a routing key is one that a topic exchange routes by a binding's pattern (AMQP 0-9-1, RabbitMQ). Both are words
 * with dots between them; a word of the pattern is itself, `*` for any one word, or `#` for any number of words, none
 * among them. An empty text has no words; an empty word, as in `a..b`, is one.
 *
 * Takes time in proportion to the product of their lengths, however many `#` there are.
 * @param pattern of the binding
 * @param routingKey of the message
 */
export function topicMatches(pattern: string, routingKey: string): boolean {
  const words = wordsOf(routingKey);
  // reached[j]: what was read of the pattern can stand for the first j words.
  let reached = new Array<boolean>(words.length + 1).fill(false);
  reached[0] = true;
  for (const part of wordsOf(pattern)) {
    const next = new Array<boolean>(words.length + 1).fill(false);
    for (let count = 0; count <= words.length; count += 1) {
      if (part === '#') next[count] = reached[count] === true || (count > 0 && next[count - 1] === true);
      else if (count > 0) next[count] = reached[count - 1] === true && (part === '*' || part === words[count - 1]);
    }
    reached = next;
  }
  return reached[words.length] === true;
}

const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split('.'));
