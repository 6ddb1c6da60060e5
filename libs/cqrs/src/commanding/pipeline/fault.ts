import type { ValidationError } from 'class-validator';

/** One thing that is wrong with a command or query. */
export interface Fault {
  /** Where, as in `lines[0].quantity`. */
  readonly path: string;
  /** The name of the class-validator rule, as in `isPositive`. */
  readonly rule: string;
  readonly message: string;
}

/**
 * The faults in class-validator's tree, flat.
 * @param error a node of the tree
 * @param parent the path of what the node is in; empty at the top
 */
export function faultsOf(error: ValidationError, parent = ''): Fault[] {
  const path = pathOf(parent, error.property);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ path, rule, message }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, path))];
}

/** The faults as a text, each with its path. */
export const describeFaults = (faults: readonly Fault[]): string =>
  faults.map(({ path, message }) => `${path}: ${message}`).join('; ');

const pathOf = (parent: string, property: string): string => {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
};
