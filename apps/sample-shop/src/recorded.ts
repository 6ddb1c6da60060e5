/** What became of a command that records something: `already` when it was on record, and nothing was appended. */
export type Recorded = 'new' | 'already';
