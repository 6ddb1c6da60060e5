-- Removes the table of a segment and its function; {segment} is the topic's and the segment's number.
DROP FUNCTION IF EXISTS {schema}."append_{segment}";
DROP TABLE IF EXISTS {schema}."record_{segment}";
