// @ts-check
/**
 * What a bus must do to be measured: one module per contender exports `open(url)`, loaded in a process of its own. All of its
 * processes share what `url` names.
 *
 * @typedef {Record<string, unknown>} Message
 *
 * @typedef {object} TopicContender
 * @property {() => Promise<void>} prepare makes the topic; called once, in one process
 * @property {(key: string, message: Message) => Promise<void>} send resolves when the message is stored durably
 * @property {(handle: (message: Message) => void) => Promise<void>} consume
 *   begins to consume as one of a group that shares the topic; a message is acknowledged after `handle`. Resolves when it takes part.
 * @property {(members: number) => Promise<boolean>} isShared whether the topic is spread over so many members, as far as this one can tell
 * @property {() => Promise<void>} [closeSegments] makes all that is stored old enough to go
 * @property {() => Promise<number>} [expireRecords] has what is old enough go, and says how many records went
 * @property {() => Promise<number>} [bytes] of all its tables
 * @property {() => Promise<{ stored: number, gaps: number }>} audit
 * @property {() => Promise<void>} close
 */
export {};
