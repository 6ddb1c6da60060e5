-- Has messages written to table $2 instead of $1.
UPDATE {schema}.message_ring SET active = $2, turned_at = {schema}.now() WHERE one AND active = $1
