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

interface Registry {
  readonly farewells: Set<Farewell>;
  readonly onExit: () => void;
  readonly onSignal: (signal: NodeJS.Signals) => void;
  toExit: boolean;
  toSignals: boolean;
}

/** One for all copies of this package in the process: with a listener each, every copy would wait for the other's. */
const REGISTRY = Symbol.for('@annals/postgres farewells');
const registry = ((globalThis as { [REGISTRY]?: Registry })[REGISTRY] ??= {
  farewells: new Set(),
  onExit: () => say(() => true),
  onSignal,
  toExit: false,
  toSignals: false,
});

function say(which: (farewell: Farewell) => boolean): void {
  for (const farewell of [...registry.farewells].filter(which)) {
    registry.farewells.delete(farewell);
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
  say(({ onSignals }) => onSignals);
  listenAsNeeded();
  // With our listener gone the default ends the process, and its parent sees by which signal.
  process.kill(process.pid, signal);
}

/** A listener that is not needed does harm: it takes away a signal's default. */
function listenAsNeeded(): void {
  const { farewells, onExit } = registry;
  const exit = farewells.size > 0;
  if (exit !== registry.toExit) process[exit ? 'on' : 'off']('exit', onExit);
  registry.toExit = exit;
  const signals = [...farewells].some(({ onSignals }) => onSignals);
  if (signals === registry.toSignals) return;
  registry.toSignals = signals;
  // First in line: a listener added with `once` is gone from the count after its turn, but still draining.
  for (const signal of SIGNALS) process[signals ? 'prependListener' : 'off'](signal, registry.onSignal);
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
  registry.farewells.add(farewell);
  listenAsNeeded();
  return () => {
    registry.farewells.delete(farewell);
    listenAsNeeded();
  };
}
