import type { LogRecord } from '@annals/log';
import { encodeJson, newId } from '@annals/message';
import { SHREDDED } from './personal-data-shredded.js';

/** The record that tells a stream that personal data of a subject in it cannot be read any more. */
export const shreddedRecord = (subject: string, tenant: string | undefined): LogRecord => ({
  id: newId(),
  type: SHREDDED,
  version: 1,
  data: encodeJson({ subject }),
  metadata: null,
  correlationId: null,
  tenant: tenant ?? null,
});
