/** Lifts the plain data of an event by one version of its type. Pure; must stand values that are `Shredded`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- old shapes have no types any more
export type Upcaster = (data: any) => object;

/** Upcasters by the version they lift from. */
export type Upcasters = Readonly<Record<number, Upcaster>>;

/** One step on the way to the current version. */
export interface UpcastStep {
  readonly from: number;
  readonly upcast: Upcaster;
}

/**
 * The steps from the oldest version that has an upcaster on.
 * @returns the fault as the end of a sentence, when there is one
 */
export function stepsTo(version: number, upcasters: Upcasters): UpcastStep[] | string {
  const versions = Object.keys(upcasters)
    .map(Number)
    .sort((one, other) => one - other);
  const [oldest = version] = versions;
  const outside = versions.find((from) => !Number.isInteger(from) || from < 1 || from >= version);
  if (outside !== undefined) return `has an upcaster from version ${outside}, which is not below its own, ${version}`;
  const steps: UpcastStep[] = [];
  for (let from = oldest; from < version; from += 1) {
    const upcast = upcasters[from];
    if (upcast === undefined) return `has upcasters from version ${oldest} on, but none from version ${from}`;
    steps.push({ from, upcast });
  }
  return steps;
}
