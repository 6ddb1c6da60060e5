interface Node<Value> {
  readonly words: Map<string, Node<Value>>;
  star: Node<Value> | undefined;
  hash: Node<Value> | undefined;
  /** Whether it stands for any number of words: its node is never left by a word. */
  readonly isHash: boolean;
  readonly values: Value[];
}

const nodeOf = <Value>(isHash: boolean): Node<Value> => ({
  words: new Map(),
  star: undefined,
  hash: undefined,
  isHash,
  values: [],
});

/**
 * Patterns of a topic exchange, so that a routing key finds all that match it at the price of its words and not of the patterns.
 * What `topicMatches` says of one pattern this says of all; however many `#` there are, a word visits each node once.
 */
export class TopicTrie<Value> {
  readonly #root = nodeOf<Value>(false);

  add(pattern: string, value: Value): void {
    let node = this.#root;
    for (const word of wordsOf(pattern)) {
      if (word === '*') node = node.star ??= nodeOf(false);
      else if (word === '#') node = node.isHash ? node : (node.hash ??= nodeOf(true));
      else {
        let next = node.words.get(word);
        if (next === undefined) node.words.set(word, (next = nodeOf(false)));
        node = next;
      }
    }
    node.values.push(value);
  }

  /** Calls `found` with the value of each pattern that matches. */
  match(routingKey: string, found: (value: Value) => void): void {
    let reached = new Set<Node<Value>>();
    enter(this.#root, reached);
    for (const word of wordsOf(routingKey)) {
      const next = new Set<Node<Value>>();
      for (const node of reached) {
        const byWord = node.words.get(word);
        if (byWord !== undefined) enter(byWord, next);
        if (node.star !== undefined) enter(node.star, next);
        if (node.isHash) enter(node, next);
      }
      if (next.size === 0) return;
      reached = next;
    }
    for (const { values } of reached) for (const value of values) found(value);
  }
}

/** A `#` that follows may stand for no word at all. */
function enter<Value>(node: Node<Value>, into: Set<Node<Value>>): void {
  into.add(node);
  if (node.hash !== undefined && !into.has(node.hash)) enter(node.hash, into);
}

const wordsOf = (text: string): readonly string[] => (text === '' ? [] : text.split('.'));
