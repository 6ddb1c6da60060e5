-- Ends the wait of a connection. $1 its server process.
SELECT pg_cancel_backend($1)
