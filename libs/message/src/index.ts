export { AnnalsError, hasCode } from './annals-error.js';
export { bigintCodec } from './codec/bigint-codec.js';
export { dateCodec } from './codec/date-codec.js';
export { decimalCodec } from './codec/decimal-codec.js';
export { derivedId } from './id/derived-id.js';
export { InvalidId } from './id/invalid-id.js';
export { idSource, newId } from './id/new-id.js';
export { checkId, isUuidV7 } from './id/uuid-v7.js';
export { decodeJson } from './json/decode-json.js';
export { DEFAULT_LIMIT_BYTES, encodeJson } from './json/encode-json.js';
export { NotDecodable } from './json/not-decodable.js';
export { NotEncodable } from './json/not-encodable.js';
export { TooLarge } from './json/too-large.js';

export type { ErrorCode } from './annals-error.js';
export type { Codec } from './codec/codec.js';
export type { DecimalValue } from './codec/decimal-codec.js';
export type { IdSourceOptions } from './id/new-id.js';
export type { EncodeOptions } from './json/encode-json.js';
