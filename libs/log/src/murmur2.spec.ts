import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { murmur2 } from './murmur2.js';
import { partitionFor } from './partition-for.js';

/** apache/kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java, testMurmur2. */
const KAFKA: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
];

/** tulios/kafkajs, src/producer/partitioners/defaultJava/murmur2.spec.js: generated there with Kafka's Java client. */
const KAFKAJS: [string, number][] = [
  ['0', 971027396],
  ['1', -1993445489],
  ['128', -326012175],
  ['2187', -1508407203],
  ['16384', -325739742],
  ['78125', -1654490814],
  ['279936', 1462227128],
  ['823543', -2014198330],
  ['2097152', 607668903],
  ['4782969', -1182699775],
  ['10000000', -1830336757],
  ['19487171', -1603849305],
  ['35831808', -857013643],
  ['62748517', -1167431028],
  ['105413504', -381294639],
  ['170859375', -1658323481],
  ['100:48069', 1009543857],
];

/** akka/akka, akka-cluster-sharding-typed, Murmur2Spec.scala: computed there with Kafka's Utils.java. */
const AKKA: [string, number][] = [
  ['1', -1993445489],
  ['12', 126087238],
  ['123', -267702483],
  ['1234', -1614185708],
  ['12345', -1188365604],
];

/** ciena/afkak, afkak/test/test_partitioner.py, TestPureMurmur2: unsigned there. */
const AFKAK: [string, number][] = [
  ['', 275646681],
  ['testing', 2291530147],
  ['PEACH!', 2546348827],
  ['Gorz!', 1742407956],
  ['987654321', 577579727],
  ['_!!_', 2335345241],
  ['CRINOID', 3603193626],
];

/** dpkp/kafka-python, test_partitioner.py, test_murmur2_java_compatibility: the partition of 1,000, from Kafka's Partitioner. */
const KAFKA_PYTHON: [string, number][] = [
  ['', 681],
  ['a', 524],
  ['ab', 434],
  ['abc', 107],
  ['123456789', 566],
  ['\u0000 ', 742],
];

/** oleksiyk/kafka, test/09.partitioners.js: partitions of 120 from Kafka's Java client, for keys beyond ASCII. */
const NO_KAFKA: [string, number][] = [
  ['\u263a tlw61or', 101],
  ['\u263a ww50w20ggb9', 26],
  ['\u263a tf706z9i2v86w29', 40],
  ['\u263a pgb9', 1],
  ['\u263a b9', 8],
];

describe('murmur2', () => {
  it.each(AFKAK)('hashes %j as afkak does', (text, unsigned) => {
    expect(murmur2(Buffer.from(text))).toBe(unsigned | 0);
  });

  it.each([...KAFKA, ...KAFKAJS, ...AKKA])('hashes %j as Kafka does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });
});

describe('partitionFor', () => {
  it.each(KAFKA_PYTHON)('puts %j where Kafka does', (key, partition) => {
    expect(partitionFor(key, 1_000)).toBe(partition);
  });

  it.each(NO_KAFKA)('puts %j where Kafka does', (key, partition) => {
    expect(partitionFor(key, 120)).toBe(partition);
  });

  it('puts a text, whatever its letters and length, where its UTF-8 goes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 1_500 }),
        fc.integer({ min: 1, max: 64 }),
        (key, partitions) => {
          expect(partitionFor(key, partitions)).toBe(partitionFor(Buffer.from(key), partitions));
        },
      ),
    );
    for (const length of [341, 342, 1_024, 5_000]) {
      const key = 'é'.repeat(length);
      expect(partitionFor(key, 1_000)).toBe(partitionFor(Buffer.from(key), 1_000));
    }
  });

  it('refuses a number of partitions that is none', () => {
    for (const partitions of [0, -1, 1.5, NaN]) expect(() => partitionFor('a', partitions)).toThrow(RangeError);
  });
});
