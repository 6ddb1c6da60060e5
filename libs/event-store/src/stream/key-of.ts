import { streamKey } from '@annals/log';
import { currentMetadata } from '../metadata/with-metadata.js';
import { faultOfShortText } from './short-text.js';
import { checkStreamName } from './stream-name.js';

/** Whose streams are meant. */
export interface OfTenant {
  /** @default the tenant of the surrounding `withMetadata`; without one, nobody's in particular */
  readonly tenant?: string | undefined;
}

/**
 * What a stream is stored under.
 * @throws InvalidStreamName (`STORE_INVALID_STREAM_NAME`), RangeError for a tenant that cannot be one
 */
export const keyOf = (stream: string, { tenant }: OfTenant = {}): string =>
  streamKey(checkStreamName(stream), checkTenant(tenant ?? currentMetadata().tenant));

/** @throws RangeError unless it is undefined, or a string of 1 to 255 bytes in UTF-8 without control characters */
export function checkTenant(tenant: string | undefined): string | undefined {
  const fault = tenant === undefined ? undefined : faultOfShortText(tenant);
  if (fault !== undefined) throw new RangeError(`The tenant ${fault}`);
  return tenant;
}
