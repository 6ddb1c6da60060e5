-- Notes how partitions are dealt out. $1 group, $2 epoch, $3 what the deal rests on, $4 whose each partition is to be.
UPDATE {schema}.consumer_group SET epoch = $2, dealt_for = $3, target = $4 WHERE id = $1
