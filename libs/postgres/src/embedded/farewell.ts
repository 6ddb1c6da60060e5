/*
 * What must be done before this process ends, by itself or by a signal. All of it is synchronous: after `process.exit`,
 * an uncaught exception or a signal's default nothing asynchronous runs any more. SIGKILL leaves no time at all; what it
 * leaves behind, the next start adopts.
 */

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Farewell {
  readonly act: () => void;
  readonly onSignals: boolean;
}

const farewells = new Set<Farewell>();

function sayAll(): void {
  for (const farewell of farewells) {
    farewells.delete(farewell);
    try {
      farewell.act();
    } catch {
      // The process is ending and the other farewells still want their turn.
    }
  }
}

/**
 * `signal-exit`, which many packages bring along, counts listeners as we do and waits for us as we would wait for it.
 * Its listeners are therefore not taken for somebody who ends the process.
 */
function signalExitListeners(): number {
  const emitter = (globalThis as Record<symbol, unknown>)[Symbol.for('signal-exit emitter')];
  const { count } = (emitter ?? {}) as { count?: unknown };
  return typeof count === 'number' ? count : 0;
}

function onSignal(signal: NodeJS.Signals): void {
  const others = process.listenerCount(signal) - 1 - signalExitListeners();
  // Theirs to drain and then to call stop(), to exit, or to raise the signal once more, as Nest does.
  if (others > 0) return;
  sayAll();
  unlisten();
  // With our listener gone the default ends the process, and its parent sees by which signal.
  process.kill(process.pid, signal);
}

let listening = false;
let listeningToSignals = false;

function listen(onSignals: boolean): void {
  if (!listening) process.on('exit', sayAll);
  listening = true;
  if (!onSignals || listeningToSignals) return;
  listeningToSignals = true;
  // First in line: a listener added with `once` is gone from the count after its turn, but still draining.
  SIGNALS.forEach((signal) => process.prependListener(signal, onSignal));
}

function unlisten(): void {
  process.off('exit', sayAll);
  SIGNALS.forEach((signal) => process.off(signal, onSignal));
  listening = false;
  listeningToSignals = false;
}

/**
 * Has something done before this process ends.
 *
 * @param act must be synchronous and short
 * @param onSignals also when a signal ends the process that nobody else listens to
 * @returns takes it back
 */
export function atFarewell(act: () => void, onSignals = true): () => void {
  const farewell = { act, onSignals };
  farewells.add(farewell);
  listen(onSignals);
  return () => {
    farewells.delete(farewell);
    if (farewells.size === 0) unlisten();
  };
}
