-- What nobody else takes care of, by kind and name.
SELECT kind, name FROM {schema}.find_due()
