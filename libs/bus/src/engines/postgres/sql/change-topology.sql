-- Says that the topology has changed. $1 the new version.
UPDATE {schema}.topology SET version = $1 WHERE one
