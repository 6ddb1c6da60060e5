-- A group by its name. $1 name. Milliseconds since 1970 come as a whole number.
SELECT id, epoch, dealt_for, target, floor(extract(epoch FROM {schema}.now()) * 1000)::bigint
FROM {schema}.consumer_group WHERE name = $1
