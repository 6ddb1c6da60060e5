/** A read that is under way before anyone asks for its result; its failure is reported to whoever does, or to no one. */
export function ahead<Result>(reading: Promise<Result>): Promise<Result> {
  reading.catch(() => undefined);
  return reading;
}

/** Waits until a read that nobody needs any more is over, so that it is not left running. */
export async function settled(reading: Promise<unknown> | undefined): Promise<void> {
  await reading?.catch(() => undefined);
}
