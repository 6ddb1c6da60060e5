-- Lets nobody read or write table {slot}.
LOCK TABLE {schema}."message_{slot}" IN ACCESS EXCLUSIVE MODE
