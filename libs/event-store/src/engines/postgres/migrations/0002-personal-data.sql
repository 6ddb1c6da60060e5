-- Keys of data subjects: each row is all there is of a key. Deleted, what was encrypted with it is lost.
CREATE TABLE {schema}.data_key (
  id uuid PRIMARY KEY,
  subject text COLLATE "C" NOT NULL UNIQUE,
  bytes bytea NOT NULL,
  made_at timestamptz NOT NULL DEFAULT {schema}.now()
);

-- Which streams have, or were about to have, personal data of a subject: written before the events are.
CREATE TABLE {schema}.subject_stream (
  subject text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  PRIMARY KEY (subject, stream)
);

-- What was asked to be forgotten, and whether it is: the record of it, and what goes on after a crash.
CREATE TABLE {schema}.shredding (
  subject text COLLATE "C" PRIMARY KEY,
  requested_at timestamptz NOT NULL,
  done_at timestamptz
);
