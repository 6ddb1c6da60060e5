-- The database's clock.
SELECT {schema}.now()
