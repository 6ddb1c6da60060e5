import type { Pending } from './pending.js';

/** Whether two requests need exactly the same places. */
export const samePlaces = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((place, index) => place === other[index]);

/** What requests wait for, places or keys: whatever comes later for one of them, or for one of such a request's, waits as well. */
export class Blocked<Part> {
  readonly #parts: Set<Part>;

  constructor(parts: Iterable<Part>) {
    this.#parts = new Set(parts);
  }

  /** Whether a request for these has to wait; then it holds up later ones in turn. */
  holdsUp(parts: readonly Part[]): boolean {
    if (!parts.some((part) => this.#parts.has(part))) return false;
    return this.add(parts);
  }

  /** @returns true */
  add(parts: readonly Part[]): true {
    for (const part of parts) this.#parts.add(part);
    return true;
  }
}

/**
 * Requests that wait for a place which another keeps locked. They are tried in turns, one set of places at a time,
 * waiting for the lock: asking only whether it is free would never find it so while others queue for it, and waiting
 * for several would keep the first of them from everybody.
 */
export class ParkedRequests<Request, Outcome> {
  #parked: Pending<Request, Outcome>[] = [];
  readonly #blocked = new Map<number, number>();
  #turn = 0;

  constructor(private readonly placesOf: (request: Request) => readonly number[]) {}

  get size(): number {
    return this.#parked.length;
  }

  /** The places at which later requests have to wait; undefined when there are none. */
  blockedPlaces(): Blocked<number> | undefined {
    return this.#blocked.size === 0 ? undefined : new Blocked(this.#blocked.keys());
  }

  park(requests: readonly Pending<Request, Outcome>[]): void {
    for (const pending of requests) {
      this.#parked.push(pending);
      for (const place of this.placesOf(pending.request)) this.#blocked.set(place, (this.#blocked.get(place) ?? 0) + 1);
    }
  }

  /** The requests whose turn it is: all that need the same places and have none before them that needs one of these. */
  next(): readonly Pending<Request, Outcome>[] {
    const ready = this.#ready();
    this.#turn += 1;
    return ready[this.#turn % ready.length] ?? [];
  }

  /** Lets go of what has been settled. */
  remove(settled: ReadonlySet<Pending<Request, Outcome>>): void {
    this.#parked = this.#parked.filter((pending) => !settled.has(pending));
    for (const { request } of settled) {
      for (const place of this.placesOf(request)) {
        const others = (this.#blocked.get(place) ?? 1) - 1;
        if (others === 0) this.#blocked.delete(place);
        else this.#blocked.set(place, others);
      }
    }
  }

  #ready(): Pending<Request, Outcome>[][] {
    const ready: Pending<Request, Outcome>[][] = [];
    // Which requests have a place first; null when something that is not ready stands there.
    const firstAt = new Map<number, Pending<Request, Outcome>[] | null>();
    for (const pending of this.#parked) {
      const places = this.placesOf(pending.request);
      const group = places[0] === undefined ? undefined : firstAt.get(places[0]);
      if (places.every((place) => !firstAt.has(place))) {
        const own = [pending];
        ready.push(own);
        for (const place of places) firstAt.set(place, own);
      } else if (group && this.#joins(places, group, firstAt)) {
        group.push(pending);
      } else {
        for (const place of places) firstAt.set(place, null);
      }
    }
    return ready;
  }

  #joins(
    places: readonly number[],
    group: Pending<Request, Outcome>[],
    firstAt: ReadonlyMap<number, Pending<Request, Outcome>[] | null>,
  ): boolean {
    const [first] = group;
    if (first === undefined || !samePlaces(places, this.placesOf(first.request))) return false;
    return places.every((place) => firstAt.get(place) === group);
  }
}
