-- Whether a segment has no record.
SELECT NOT EXISTS (SELECT FROM {schema}."record_{segment}")
