-- Opens an archived stream again; parameters and results at the function, in migrations/.
SELECT {schema}.restore_stream($1, $2)
