-- Bounds how long this transaction waits for a lock. $1 milliseconds.
SELECT set_config('lock_timeout', $1, true)
