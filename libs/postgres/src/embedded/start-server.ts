import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers } from './answers.js';
import type { ClusterFiles } from './cluster-files.js';
import type { ResolvedOptions } from './embedded-postgres-options.js';
import { EmbeddedStartFailed } from './errors/embedded-start-failed.js';
import { initialise } from './initialise.js';
import { launch } from './launch.js';
import type { Launched } from './launch.js';
import { choosePort, rememberedPort } from './port.js';
import { disarmStaleLockFile, findPostmaster } from './postmaster.js';
import type { ProcessMark } from './process-mark.js';
import { preparePrograms } from './programs.js';
import { lastLines, logSince } from './server-log.js';
import { settingArguments } from './server-settings.js';
import type { ServerUser } from './server-user.js';
import { shutDown } from './shut-down.js';
import { startFault } from './start-fault.js';

const LOOK_EVERY_MS = 25;
const RETRY_AFTER_MS = 200;

/** A start in progress. */
export interface Start {
  readonly files: ClusterFiles;
  /** Whom the server runs as; undefined for the user of this process. */
  readonly user: ServerUser | undefined;
  readonly options: ResolvedOptions;
  /** When to give up, in milliseconds of `Date.now()`. */
  readonly deadline: number;
  /** Told about every server process as soon as there is one. */
  readonly onLaunch: (server: ProcessMark) => void;
}

/** A server that takes connections. */
export interface Running {
  readonly port: number;
  readonly server: ProcessMark;
  /** False when it ran already. */
  readonly started: boolean;
}

/** Waits until the server answers. Returns what it said when it ended instead. */
async function untilReady(
  { files, options, deadline }: Start,
  launched: Launched,
  port: number,
): Promise<true | string> {
  let last: Error | undefined;
  while (Date.now() < deadline) {
    if (launched.ended()) return launched.said();
    // Its own word first: until it has bound the port, somebody else may be listening there.
    if (findPostmaster(files.data)?.ready) {
      const answer = await answers(files, port);
      if (answer === true) return true;
      last = answer;
    }
    await sleep(LOOK_EVERY_MS);
  }
  await shutDown(files, launched.mark, options.stopTimeoutMs);
  const said = lastLines(launched.said());
  throw new EmbeddedStartFailed(`took no connections within ${options.startTimeoutMs} ms`, files.log, said, last);
}

/** Starts a server where none runs, on the port of last time if it is free. */
async function start(begun: Start): Promise<Running> {
  const { files, user, options, deadline } = begun;
  const programs = preparePrograms(files.place, user, options.programs);
  await initialise(files, programs, user, options.durable);
  for (let preferred = rememberedPort(files.port); ; preferred = undefined) {
    disarmStaleLockFile(files.data);
    const port = await choosePort(preferred);
    const launched = await launch(files, programs, user, settingArguments(port, options.durable, options.settings));
    begun.onLaunch(launched.mark);
    const outcome = await untilReady(begun, launched, port);
    if (outcome === true) {
      writeFileSync(files.port, String(port));
      return { port, server: launched.mark, started: true };
    }
    const fault = startFault(files, outcome);
    if (fault !== 'try-again' || Date.now() > deadline) {
      throw fault === 'try-again' ? new EmbeddedStartFailed('ended at start', files.log, lastLines(outcome)) : fault;
    }
    await sleep(RETRY_AFTER_MS);
  }
}

/**
 * Attaches to the server that runs on the cluster's data, whoever left it there, or starts one. One that is starting,
 * recovering or stopping is waited for. Called under the cluster's lock.
 *
 * @throws EmbeddedStartFailed (POSTGRES_EMBEDDED_START_FAILED) when it ends, or does not answer in time
 * @throws the errors of `preparePrograms` and `initialise`
 */
export async function attachOrStart(begun: Start): Promise<Running> {
  const { files, options, deadline } = begun;
  let last: Error | undefined;
  for (;;) {
    const found = findPostmaster(files.data);
    if (found === undefined) return start(begun);
    const answer = found.ready && (await answers(files, found.port));
    if (answer === true) return { port: found.port, server: found, started: false };
    if (answer !== false) last = answer;
    if (Date.now() > deadline) break;
    await sleep(LOOK_EVERY_MS);
  }
  const said = lastLines(logSince(files.log, 0));
  throw new EmbeddedStartFailed(`took no connections within ${options.startTimeoutMs} ms`, files.log, said, last);
}
