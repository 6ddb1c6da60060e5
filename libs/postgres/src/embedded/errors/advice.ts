/** Ends every message of the embedded server: the way out that always works. */
export const USE_A_SERVER = 'set DATABASE_URL to a PostgreSQL server (14 or newer) instead';
