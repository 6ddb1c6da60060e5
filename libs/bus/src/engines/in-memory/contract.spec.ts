import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { Bus } from '../../bus.js';
import type { BusUnderTest } from '../../testing/index.js';
import {
  testAttached,
  testGroups,
  testHandling,
  testOffsets,
  testParking,
  testRetention,
  testTopics,
  testUnits,
} from '../../testing/index.js';
import { InMemoryBusEngine } from './in-memory-bus-engine.js';

const open = async (): Promise<BusUnderTest> => {
  let passedMs = 0;
  const log = new InMemoryLog({ partitions: 4 });
  const unitOfWork = new InMemoryUnitOfWork(log);
  const engine = new InMemoryBusEngine(
    () => Date.now() + passedMs,
    () => performance.now() + passedMs,
    unitOfWork,
  );
  const buses = [new Bus(engine)];
  const [bus] = buses as [Bus];
  await bus.attach('events', log);
  return {
    bus,
    log,
    unitOfWork,
    passTime: async (ms) => void (passedMs += ms),
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
testOffsets('memory', open);
testParking('memory', open);
testRetention('memory', open);
testTopics('memory', open);
testUnits('memory', open);
testGroups('memory', open);
testHandling('memory', open);
