import { deepStrictEqual, strictEqual } from 'node:assert';
import { On, Projection } from '@annals/cqrs';
import type { ProjectionContext } from '@annals/cqrs';
import { DataSubject, DomainEvent, KeyStore, Personal, PersonalDataShredded, Shredded } from '@annals/event-store';
import type { DataKey, RecordedEvent } from '@annals/event-store';
import { inMemoryStore } from './in-memory-store.js';

// #region event
@DomainEvent('patient-admitted')
class PatientAdmitted {
  @DataSubject('patient')
  readonly patient: string;
  @Personal()
  readonly name: Personal<string>;
  @Personal()
  readonly diagnosis: Personal<{ readonly code: string; readonly since: string }>;
  readonly ward: string;

  constructor(patient: string, name: string, diagnosis: { code: string; since: string }, ward: string) {
    this.patient = patient;
    this.name = name;
    this.diagnosis = diagnosis;
    this.ward = ward;
  }
}
// #endregion event

const store = inMemoryStore();
const admitted = new PatientAdmitted('17', 'Ada Lovelace', { code: 'C53', since: '1852-01' }, 'north');
await store.append('admission-1', 'no-stream', [admitted]);

// #region shred
await store.shred('patient-17');

for await (const { type, data } of store.read('admission-1')) {
  if (type !== 'patient-admitted') continue;
  const { name, ward } = data as PatientAdmitted;
  console.log(name instanceof Shredded ? 'a patient' : name, ward); // a patient north
}
// #endregion shred
const types: string[] = [];
for await (const { type } of store.read('admission-1')) types.push(type);
deepStrictEqual(types, ['patient-admitted', '$shredded']);

// #region streams
const streams = await store.streamsOfSubject('patient-17');
// #endregion streams
strictEqual(streams[0]?.stream, 'admission-1');

// #region projection
@Projection({ name: 'ward-list' })
class WardList {
  @On(PatientAdmitted)
  async admitted({ data }: RecordedEvent<PatientAdmitted>, { manager }: ProjectionContext): Promise<void> {
    // A list that is filled anew meets what has been shredded since: Shredded binds as NULL.
    await manager.query('INSERT INTO ward_list (patient, name, ward) VALUES ($1, $2, $3)', [
      `patient-${data.patient}`,
      data.name,
      data.ward,
    ]);
  }

  @On(PersonalDataShredded)
  async shredded({ data }: RecordedEvent<PersonalDataShredded>, { manager }: ProjectionContext): Promise<void> {
    await manager.query('UPDATE ward_list SET name = NULL WHERE patient = $1', [data.subject]);
  }
}
// #endregion projection
strictEqual(typeof WardList, 'function');

// #region key-store
/** What the client of a key management service can do, more or less. */
interface Vault {
  getOrCreate(name: string): Promise<{ id: string; key: Uint8Array }>;
  get(id: string): Promise<{ key: Uint8Array } | undefined>;
  destroyAll(name: string): Promise<void>;
}

class VaultKeyStore extends KeyStore {
  constructor(private readonly vault: Vault) {
    super();
  }

  override async current(subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const keys = new Map<string, DataKey>();
    for (const subject of subjects) {
      const { id, key } = await this.vault.getOrCreate(subject);
      keys.set(subject, { id, bytes: key });
    }
    return keys;
  }

  override async find(ids: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const keys = new Map<string, DataKey>();
    for (const id of ids) {
      const found = await this.vault.get(id);
      if (found !== undefined) keys.set(id, { id, bytes: found.key });
    }
    return keys;
  }

  override erase(subject: string): Promise<void> {
    return this.vault.destroyAll(subject);
  }
}
// #endregion key-store
strictEqual(VaultKeyStore.length, 1);
