-- Forgets producers that registered long ago; one that still sends registers anew. $1 days.
DELETE FROM {schema}.producer WHERE seen_at < {schema}.now() - $1 * interval '1 day'
