import type { Settlement } from '../../queues/queue-store.js';

/** Settlements as the arrays that the function `settle` takes, and how to tell from its rows which of them held. */
export interface SettlementArrays {
  readonly values: readonly unknown[];
  /** @param rows lane, first (-1: given back before) and number of what was settled */
  heldOf(
    rows: readonly (readonly [lane: number | null, seq: number | null, first: number | null, ...rest: unknown[]])[],
  ): readonly boolean[];
}

interface Claim {
  readonly lane: number;
  readonly first: number;
  readonly seqs: number[];
}

export function settlementArrays(settlements: readonly Settlement[]): SettlementArrays {
  const claims = new Map<string, Claim>();
  const done: Settlement[] = [];
  const back = settlements.filter((settlement) => settlement.back !== undefined);
  for (const settlement of settlements) {
    const { lane, first, seq } = settlement;
    if (first >= 0) {
      const key = `${lane} ${first}`;
      const claim = claims.get(key) ?? { lane, first, seqs: [] };
      claims.set(key, claim);
      claim.seqs.push(seq);
    } else if (settlement.back === undefined) done.push(settlement);
  }
  const all = [...claims.values()];
  return {
    values: [
      all.map(({ lane }) => lane),
      all.map(({ first }) => first),
      all.map(({ seqs }) => multirangeOf(seqs)),
      done.map(({ lane }) => lane),
      done.map(({ seq }) => seq),
      back.map(({ lane }) => lane),
      back.map(({ first }) => first),
      back.map(({ seq }) => seq),
      back.map((settlement) => settlement.back?.attempts),
      back.map((settlement) => settlement.back?.delayMs),
    ],
    heldOf(rows) {
      const held = new Set(rows.map(([lane, seq, first]) => keyOf(lane ?? 0, first ?? 0, seq ?? 0)));
      return settlements.map(({ lane, first, seq }) => held.has(keyOf(lane, first, seq)));
    },
  };
}

/** What is settled as one: a claim's messages together, others alone. */
const keyOf = (lane: number, first: number, seq: number): string =>
  first < 0 ? `${lane} -1 ${seq}` : `${lane} ${first}`;

/** Numbers as Postgres writes an int8multirange. */
function multirangeOf(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((one, other) => one - other);
  const ranges: string[] = [];
  let from = sorted[0] ?? 0;
  let to = from;
  for (const number of sorted) {
    if (number > to) {
      ranges.push(`[${from},${to})`);
      from = number;
    }
    to = number + 1;
  }
  if (to > from) ranges.push(`[${from},${to})`);
  return `{${ranges.join(',')}}`;
}
