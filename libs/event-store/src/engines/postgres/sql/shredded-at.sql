-- When a subject was shredded. $1 subject.
SELECT done_at FROM {schema}.shredding WHERE subject = $1
