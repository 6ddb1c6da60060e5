-- A new producer.
INSERT INTO {schema}.producer DEFAULT VALUES RETURNING id, epoch
