-- The topic whose name a new one would collide with. $1 the name as it collides.
SELECT name FROM {schema}.topic WHERE colliding_name = $1
