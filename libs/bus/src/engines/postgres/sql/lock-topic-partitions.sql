-- Keeps everybody from appending to a topic until the end of the transaction. $1 topic.
SELECT partition FROM {schema}.topic_partition WHERE topic = $1 ORDER BY partition FOR NO KEY UPDATE
