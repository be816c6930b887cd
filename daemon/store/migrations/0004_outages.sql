CREATE TABLE outages (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  start_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL CHECK (end_s > start_s),
  state INTEGER NOT NULL,
  title TEXT NOT NULL,
  creator TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  change INTEGER NOT NULL,
  deadline_s INTEGER
);
CREATE INDEX outages_by_start ON outages (start_s);
CREATE INDEX outages_due ON outages (deadline_s) WHERE deadline_s IS NOT NULL;
CREATE TABLE outage_benches (
  outage INTEGER NOT NULL REFERENCES outages,
  position INTEGER NOT NULL,
  bench INTEGER NOT NULL REFERENCES benches,
  PRIMARY KEY (outage, position)
) WITHOUT ROWID;
-- What it occupied; what it occupies still is in claims.
CREATE TABLE outage_times (
  outage INTEGER NOT NULL REFERENCES outages,
  bench INTEGER NOT NULL REFERENCES benches,
  start_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL CHECK (end_s > start_s),
  PRIMARY KEY (outage, bench, start_s)
) WITHOUT ROWID;

-- A claim is that of a booking or of an outage; the rule that none overlap does not ask whose it is.
CREATE TABLE claims_of_both (
  bench INTEGER NOT NULL REFERENCES benches,
  start_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL CHECK (end_s > start_s),
  booking INTEGER REFERENCES bookings,
  outage INTEGER REFERENCES outages,
  PRIMARY KEY (bench, start_s),
  CHECK ((booking IS NULL) <> (outage IS NULL))
) WITHOUT ROWID;
INSERT INTO claims_of_both (bench, start_s, end_s, booking)
  SELECT bench, start_s, end_s, booking FROM claims;
DROP TABLE claims;
ALTER TABLE claims_of_both RENAME TO claims;
CREATE INDEX claims_of_outages ON claims (bench, start_s) WHERE outage IS NOT NULL;

CREATE TRIGGER claims_insert BEFORE INSERT ON claims
WHEN (SELECT end_s FROM claims WHERE bench = NEW.bench AND start_s < NEW.end_s
      ORDER BY start_s DESC LIMIT 1) > NEW.start_s
BEGIN
  SELECT RAISE(ABORT, 'SLOT_TAKEN');
END;
CREATE TRIGGER claims_update BEFORE UPDATE ON claims
WHEN (SELECT end_s FROM claims WHERE bench = NEW.bench AND start_s < NEW.end_s
      AND NOT (bench = OLD.bench AND start_s = OLD.start_s)
      ORDER BY start_s DESC LIMIT 1) > NEW.start_s
BEGIN
  SELECT RAISE(ABORT, 'SLOT_TAKEN');
END;
