-- Subjects whose shredding was begun and not finished.
SELECT subject FROM {schema}.shredding WHERE done_at IS NULL ORDER BY subject
