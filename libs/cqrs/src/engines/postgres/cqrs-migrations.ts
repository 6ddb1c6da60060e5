/** The tables of this lib. */
export const CQRS_MIGRATIONS = { lib: 'cqrs', directory: new URL('./migrations/', import.meta.url) };
