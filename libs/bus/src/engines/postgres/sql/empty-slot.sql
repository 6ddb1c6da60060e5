-- Removes all messages of table {slot}.
TRUNCATE {schema}."message_{slot}"
