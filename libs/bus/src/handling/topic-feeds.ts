import type { Topic } from '../topics/topic.js';
import type { TopicStore } from '../topics/topic-store.js';
import type { PartitionRunner } from './partition-runner.js';
import type { FeedOptions } from './topic-feed.js';
import { TopicFeed } from './topic-feed.js';

/** The feeds of a subscription: one for each topic of which it has partitions. */
export class TopicFeeds {
  readonly #feeds = new Map<number, TopicFeed>();

  /** @param onError told of a read that failed, and of which topic */
  constructor(
    private readonly store: TopicStore,
    private readonly options: Omit<FeedOptions, 'onError'>,
    private readonly onError: (error: unknown, topic: Topic) => void,
  ) {}

  /** Reads for a runner from now on. */
  add(runner: PartitionRunner): void {
    const { topic } = runner;
    let feed = this.#feeds.get(topic.id);
    if (feed === undefined) {
      feed = new TopicFeed(topic, this.store, { ...this.options, onError: (error) => this.onError(error, topic) });
      this.#feeds.set(topic.id, feed);
    }
    feed.add(runner);
  }

  remove(runner: PartitionRunner): void {
    const { id } = runner.topic;
    const feed = this.#feeds.get(id);
    feed?.remove(runner);
    if (feed?.size !== 0) return;
    this.#feeds.delete(id);
    void feed.stop();
  }

  /** Says that there is room to read for. */
  wake(topic: Topic): void {
    this.#feeds.get(topic.id)?.wake();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.stop()));
  }
}
