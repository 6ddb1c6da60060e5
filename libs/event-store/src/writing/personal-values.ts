import type { DataKey } from '../shredding/key-store.js';
import { seal } from '../shredding/sealing.js';
import { Shredded } from '../shredding/shredded.js';
import { faultOfShortText } from '../stream/short-text.js';
import type { PartFault } from './fault-list.js';
import type { EventToWrite } from './named-event.js';

/** A personal value of an event, and whose it is. */
interface PersonalValue {
  readonly field: string;
  readonly subject: string;
}

/** The personal values that an event has; a field that is undefined or null has none. @param stream by its name */
export function personalValues({ data, declared }: EventToWrite, stream: string): PersonalValue[] {
  const { personal } = declared ?? {};
  if (personal === undefined) return [];
  const values: PersonalValue[] = [];
  for (const field of personal.names) {
    const value = (data as Record<string, unknown>)[field];
    if (value === undefined || value === null) continue;
    values.push({ field, subject: personal.subjectOf(field, data as object, stream) });
  }
  return values;
}

/** What is wrong with the personal values of an event. */
export function personalFaults(event: EventToWrite, stream: string): PartFault[] {
  return personalValues(event, stream).flatMap(({ field, subject }) => {
    const fault = faultOfShortText(subject);
    if (fault !== undefined) return [{ path: field, fault: `is personal data of a subject that ${fault}` }];
    const value = (event.data as Record<string, unknown>)[field];
    return value instanceof Shredded
      ? [{ path: field, fault: 'is shredded: nothing is left of it to be written' }]
      : [];
  });
}

/** Plain data of an event with its personal values encrypted. @param keys by subject */
export function sealed(event: EventToWrite, plain: object, stream: string, keys: ReadonlyMap<string, DataKey>): object {
  const data: Record<string, unknown> = { ...plain };
  for (const { field, subject } of personalValues(event, stream)) {
    const key = keys.get(subject);
    if (key === undefined) throw new Error(`There is no key of subject ${subject} to seal with`);
    data[field] = seal(subject, `${event.type}/${field}`, data[field], key);
  }
  return data;
}
