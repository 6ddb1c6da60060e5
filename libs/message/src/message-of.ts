/**
 * What a failure says.
 *
 * @param error what was thrown, which may be anything
 * @returns an error's message; anything else as a text
 */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
