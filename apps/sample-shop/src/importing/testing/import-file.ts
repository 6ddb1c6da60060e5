import { fileURLToPath } from 'node:url';
import type { ImportSummary } from '../import-summary.js';
import { ImportTally } from '../import-summary.js';
import type { RejectedLine } from '../invoice-line.js';
import type { ReplayedEntry } from '../replay.js';
import { replay } from '../replay.js';
import type { SurveyOptions } from '../survey.js';
import { survey } from '../survey.js';

/** All that a replay of one file gave. */
export interface ImportedFile {
  readonly entries: readonly ReplayedEntry[];
  readonly rejected: readonly RejectedLine[];
  readonly summary: ImportSummary;
}

/**
 * Surveys and replays a file, as the import does, and keeps everything.
 *
 * @param path the file
 * @param options as for survey
 */
export async function importFile(path: string, options?: SurveyOptions): Promise<ImportedFile> {
  const tally = new ImportTally();
  const rejected: RejectedLine[] = [];
  const entries: ReplayedEntry[] = [];
  const listeners = { tally, onRejected: (line: RejectedLine) => void rejected.push(line) };
  for await (const entry of replay(await survey(path, options), listeners)) entries.push(entry);
  return { entries, rejected, summary: tally.summary() };
}

/** The path of a file in the shop's data folder. */
export const dataFile = (name: string): string => fileURLToPath(new URL(`../../../data/${name}`, import.meta.url));
