import { InMemoryLog } from '@annals/log';
import { Bus } from '../../bus.js';
import type { BusUnderTest } from '../../testing/index.js';
import { testAttached, testGroups, testHandling, testTopics } from '../../testing/index.js';
import { InMemoryBusEngine } from './in-memory-bus-engine.js';

const open = async (): Promise<BusUnderTest> => {
  const engine = new InMemoryBusEngine();
  const buses = [new Bus(engine)];
  const [bus] = buses as [Bus];
  const log = new InMemoryLog({ partitions: 4 });
  await bus.attach('events', log);
  return {
    bus,
    log,
    other: async () => {
      const other = new Bus(engine);
      buses.push(other);
      return other;
    },
    stop: async () => {
      await Promise.all(buses.map((one) => one.stop()));
    },
  };
};

testAttached('memory', open);
testTopics('memory', open);
testGroups('memory', open, { sharesTopics: true, entityManager: false });
testHandling('memory', open);
