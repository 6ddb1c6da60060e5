-- The schema in which tables that name none are created, and for whom: by default one of the user's name, if there is one.
SELECT current_schema()::text, current_user::text
