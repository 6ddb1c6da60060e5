-- The streams of a subject. $1 subject.
SELECT stream FROM {schema}.subject_stream WHERE subject = $1 ORDER BY stream
