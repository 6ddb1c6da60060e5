-- Readers go by offset only.
DROP INDEX {schema}."record_{segment}_key";
