import type { Topic } from './topic.js';
import type { TopicStore } from './topic-store.js';
import { UnknownTopic } from './unknown-topic.js';

/** What this process knows of topics, looked up again when it is `maxAgeMs` old, so that growth by others is seen. */
export class TopicDirectory {
  readonly #known = new Map<string, { readonly topic: Topic; readonly since: number }>();

  /** @param now milliseconds on a clock that never goes back */
  constructor(
    private readonly store: TopicStore,
    private readonly maxAgeMs = 5_000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The topic, if it was looked up lately. */
  known(name: string): Topic | undefined {
    const entry = this.#known.get(name);
    return entry !== undefined && this.now() - entry.since < this.maxAgeMs ? entry.topic : undefined;
  }

  /** @throws UnknownTopic (`BUS_UNKNOWN_TOPIC`) */
  async get(name: string): Promise<Topic> {
    const topic = await this.store.find(name);
    if (topic === undefined) {
      this.forget(name);
      throw new UnknownTopic(name);
    }
    this.remember(topic);
    return topic;
  }

  remember(topic: Topic): void {
    this.#known.set(topic.name, { topic, since: this.now() });
  }

  forget(name: string): void {
    this.#known.delete(name);
  }
}
