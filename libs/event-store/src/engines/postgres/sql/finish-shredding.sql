-- Notes that a subject is shredded. $1 subject.
UPDATE {schema}.shredding SET done_at = {schema}.now() WHERE subject = $1
