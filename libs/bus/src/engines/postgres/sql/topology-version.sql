-- The version of the newest change of exchanges, bindings and queues.
SELECT version FROM {schema}.topology WHERE one
