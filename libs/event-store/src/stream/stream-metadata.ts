import type { Enrolment, ExpectedRevision, Log, StreamAppend } from '@annals/log';
import { streamKey } from '@annals/log';
import { decodeJson, encodeJson, newId } from '@annals/message';
import { currentMetadata } from '../metadata/with-metadata.js';
import type { AppendResult } from './appended.js';
import { checkExpectedRevision } from './expected-revision.js';
import type { OfTenant } from './key-of.js';
import { checkTenant } from './key-of.js';
import { checkStreamName, COMPANION } from './stream-name.js';

const TYPE = '$metadata';

/** What is known about a stream as a whole. */
export interface StreamMetadata {
  /** Plain JSON; empty when none was ever set. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** How often it was set: what the next change may expect. */
  readonly revision: number;
}

/** What stream metadata is read from and written to. */
export interface StreamMetadataParts {
  readonly log: Log;
  readonly unit: () => Enrolment | undefined;
  readonly commit: (appends: readonly StreamAppend[]) => Promise<readonly AppendResult[]>;
}

/** Metadata of streams, each as the events of a stream beside it: the last one counts, the others are its history. */
export class StreamMetadatas {
  constructor(private readonly parts: StreamMetadataParts) {}

  async get(stream: string, of: OfTenant = {}): Promise<StreamMetadata> {
    const key = companionOf(stream, of);
    const enrolled = (this.parts.unit()?.enrolled ?? []).filter((append) => append.stream === key);
    const [stored] = await this.parts.log.readStream(key, {}, 1, 'backwards');
    const pending = enrolled.flatMap(({ records }) => records);
    const data = (pending.at(-1) ?? stored)?.data;
    const metadata = data === undefined ? {} : (decodeJson(data) as StreamMetadata['metadata']);
    return { metadata, revision: (stored?.revision ?? 0) + pending.length };
  }

  /** @throws NotEncodable (`MESSAGE_NOT_ENCODABLE`), and as an append */
  async set(
    stream: string,
    metadata: StreamMetadata['metadata'],
    expected: ExpectedRevision,
    of: OfTenant = {},
  ): Promise<AppendResult> {
    const key = companionOf(stream, of);
    const record = {
      id: newId(),
      type: TYPE,
      version: 1,
      data: encodeJson(metadata, { what: `the metadata of stream ${stream}` }),
      metadata: null,
      correlationId: null,
      tenant: tenantOf(of) ?? null,
    };
    const append = { stream: key, expected: checkExpectedRevision(stream, expected), records: [record] };
    const [result] = await this.parts.commit([append]);
    return result as AppendResult;
  }
}

const tenantOf = ({ tenant }: OfTenant): string | undefined => checkTenant(tenant ?? currentMetadata().tenant);

const companionOf = (stream: string, of: OfTenant): string =>
  streamKey(`${COMPANION}${checkStreamName(stream)}`, tenantOf(of));
