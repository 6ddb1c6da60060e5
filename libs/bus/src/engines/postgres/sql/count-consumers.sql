-- How many consumers queue $1 has.
SELECT count(*) FROM {schema}.queue_consumer WHERE queue = $1
