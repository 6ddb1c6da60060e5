-- Removes a topic with its partitions, its list of segments and all cursors in it. $1 topic.
DELETE FROM {schema}.topic WHERE id = $1 RETURNING id
