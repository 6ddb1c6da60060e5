-- Lets one change of the topology be made at a time.
SELECT version FROM {schema}.topology WHERE one FOR NO KEY UPDATE
