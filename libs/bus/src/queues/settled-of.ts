/** All of them together. Whoever does not wait for it learns nothing, and that ends no process. */
export function settledOf(settled: readonly Promise<void>[]): Promise<void> {
  const [one = Promise.resolve()] = settled;
  const all = settled.length === 1 ? one : Promise.all(settled).then(() => undefined);
  all.catch(() => undefined);
  return all;
}
