-- Removes a group and all its cursors. $1 group.
DELETE FROM {schema}.consumer_group WHERE id = $1
