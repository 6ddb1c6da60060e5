import { Bus } from '../../bus.js';
import type { BusUnderTest } from '../../testing/index.js';
import { testGroups, testHandling, testTopics } from '../../testing/index.js';
import { InMemoryBusEngine } from './in-memory-bus-engine.js';

const open = async (): Promise<BusUnderTest> => {
  const engine = new InMemoryBusEngine();
  const buses = [new Bus(engine)];
  const [bus] = buses as [Bus];
  return {
    bus,
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

testTopics('memory', open);
testGroups('memory', open, { sharesTopics: true, entityManager: false });
testHandling('memory', open);
