-- Consumers of queue $1: whether one has it for itself.
SELECT id, exclusive FROM {schema}.queue_consumer WHERE queue = $1
