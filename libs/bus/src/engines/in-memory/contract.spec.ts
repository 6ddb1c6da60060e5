import { InMemoryLog, InMemoryUnitOfWork } from '@annals/log';
import { Bus } from '../../bus.js';
import type { BusUnderTest } from '../../testing/index.js';
import {
  testAttached,
  testConsuming,
  testDeadLetters,
  testDelaysAndRequests,
  testGroups,
  testHandling,
  testLimits,
  testOffsets,
  testParking,
  testQueueLives,
  testRetention,
  testRouting,
  testTopics,
  testUnits,
} from '../../testing/index.js';
import { InMemoryBusEngine } from './in-memory-bus-engine.js';

const LIVES_MS = 600_000;
const DIES_MS = 8_000;

const open = async (): Promise<BusUnderTest> => {
  let passedMs = 0;
  const log = new InMemoryLog({ partitions: 4 });
  const unitOfWork = new InMemoryUnitOfWork(log);
  const engine = new InMemoryBusEngine(
    () => Date.now() + passedMs,
    () => performance.now() + passedMs,
    unitOfWork,
  );
  const buses: Bus[] = [];
  const another = async (sessionMs = LIVES_MS): Promise<Bus> => {
    const opened = new Bus(engine, { queues: { sessionMs, heartbeatMs: 4_000, onError: () => undefined } });
    buses.push(opened);
    return opened;
  };
  const bus = await another();
  await bus.attach('events', log);
  return {
    bus,
    log,
    unitOfWork,
    passTime: async (ms) => void (passedMs += ms),
    other: another,
    dying: () => another(DIES_MS),
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
testRouting('memory', open);
testConsuming('memory', open);
testLimits('memory', open);
testDeadLetters('memory', open);
testDelaysAndRequests('memory', open);
testQueueLives('memory', open);
