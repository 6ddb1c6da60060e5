export { murmur2, partitionFor } from '@annals/log';

export { assignors } from './groups/assignors.js';
export { headersMatch } from './routing/headers-match.js';
export { InvalidBinding } from './routing/invalid-binding.js';
export { topicMatches } from './routing/topic-matches.js';

export type { Assignment, Assignor, GroupMember, PartitionsByTopic, TopicPartition } from './groups/assignor.js';
export type { HeaderTable, HeaderValue } from './routing/headers-match.js';
