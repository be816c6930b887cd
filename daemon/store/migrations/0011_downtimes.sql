-- When a bench could not be used. cause: the numbers of DownCause. end_s: absent while it lasts.
-- count_s: from when on it counts as down in the usage ledger, while that is still to come.
CREATE TABLE downtimes (
  id INTEGER PRIMARY KEY,
  bench INTEGER NOT NULL REFERENCES benches,
  cause INTEGER NOT NULL,
  start_s INTEGER NOT NULL,
  end_s INTEGER CHECK (end_s >= start_s),
  count_s INTEGER
);
CREATE UNIQUE INDEX downtimes_now ON downtimes (bench, cause) WHERE end_s IS NULL;
CREATE INDEX downtimes_by_bench ON downtimes (bench, start_s);
CREATE INDEX downtimes_ended ON downtimes (end_s) WHERE end_s IS NOT NULL;
CREATE INDEX downtimes_to_count ON downtimes (count_s) WHERE count_s IS NOT NULL;
INSERT INTO downtimes (bench, cause, start_s)
  SELECT u.bench, 1, u.start_s FROM usage u JOIN benches n ON n.id = u.bench
  WHERE u.kind = 11 AND u.corrects IS NULL AND n.quarantined = 1
    AND NOT EXISTS (SELECT 1 FROM usage c WHERE c.corrects = u.id);
