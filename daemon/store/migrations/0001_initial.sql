-- Times: *_s whole seconds UTC, *_us microseconds UTC, *_ns nanoseconds. States are the numbers of
-- the model's enumerations. Row ids never leave the store: they would tell how many there are.

CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('change', 0);

CREATE TABLE tenants (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  enabled INTEGER NOT NULL
);
CREATE TABLE members (
  tenant INTEGER NOT NULL REFERENCES tenants,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) WITHOUT ROWID;
CREATE TABLE staff (
  name TEXT PRIMARY KEY,
  roles TEXT NOT NULL,
  enabled INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE stations (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  config_source TEXT NOT NULL,
  config_hash TEXT NOT NULL,
  journal TEXT NOT NULL,
  change INTEGER NOT NULL
);
-- How far each journal of a station is stored. A replaced disk begins another one.
CREATE TABLE journals (
  station INTEGER NOT NULL REFERENCES stations,
  journal TEXT NOT NULL,
  acknowledged INTEGER NOT NULL,
  PRIMARY KEY (station, journal)
) WITHOUT ROWID;
CREATE TABLE benches (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  station INTEGER NOT NULL REFERENCES stations,
  present INTEGER NOT NULL,
  setup_time_s INTEGER NOT NULL CHECK (setup_time_s >= 0),
  teardown_time_s INTEGER NOT NULL CHECK (teardown_time_s >= 0),
  quarantined INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  fence INTEGER NOT NULL DEFAULT 0,
  change INTEGER NOT NULL
);

CREATE TABLE bookings (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  tenant INTEGER NOT NULL REFERENCES tenants,
  member TEXT NOT NULL,
  start_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL CHECK (end_s > start_s),
  attendance INTEGER NOT NULL,
  state INTEGER NOT NULL,
  heading_for INTEGER NOT NULL,
  sequence_owner TEXT,
  sequence TEXT,
  sequence_version INTEGER,
  parameters TEXT NOT NULL,
  dut TEXT,
  note TEXT NOT NULL,
  title TEXT NOT NULL,
  external_id TEXT NOT NULL,
  predicted_ns INTEGER,
  attended_ns INTEGER,
  check_in_us INTEGER,
  granted INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  change INTEGER NOT NULL,
  deadline_s INTEGER,
  deadline_event INTEGER
);
CREATE INDEX bookings_by_tenant ON bookings (tenant, start_s);
CREATE INDEX bookings_by_start ON bookings (start_s);
CREATE INDEX bookings_by_change ON bookings (change);
-- SETUP, IN_USE, TEARDOWN.
CREATE INDEX bookings_active ON bookings (start_s) WHERE state BETWEEN 4 AND 6;
CREATE INDEX bookings_due ON bookings (deadline_s) WHERE deadline_s IS NOT NULL;

-- safe: 0 not known, 1 proved, 2 not proved at the end of the grant.
CREATE TABLE booking_benches (
  booking INTEGER NOT NULL REFERENCES bookings,
  position INTEGER NOT NULL,
  bench INTEGER NOT NULL REFERENCES benches,
  layout TEXT NOT NULL,
  occupied_start_s INTEGER NOT NULL,
  occupied_end_s INTEGER NOT NULL,
  armed INTEGER NOT NULL DEFAULT 0,
  safe INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (booking, position)
) WITHOUT ROWID;
CREATE INDEX booking_benches_by_bench ON booking_benches (bench, booking);

-- Only of bookings that hold their time: the one thing that the conflict rule looks at.
CREATE TABLE claims (
  bench INTEGER NOT NULL REFERENCES benches,
  start_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL CHECK (end_s > start_s),
  booking INTEGER NOT NULL REFERENCES bookings,
  PRIMARY KEY (bench, start_s)
) WITHOUT ROWID;

-- Backstop of the rule, for whoever writes. Accepted claims are disjoint, so the last one that
-- starts before the wanted end decides.
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

CREATE TABLE setups (
  id INTEGER PRIMARY KEY,
  booking INTEGER NOT NULL REFERENCES bookings,
  bench INTEGER NOT NULL REFERENCES benches,
  member TEXT NOT NULL,
  dut TEXT,
  checks TEXT NOT NULL,
  time_us INTEGER NOT NULL,
  void INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX setups_by_booking ON setups (booking, bench);

CREATE TABLE duts (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenants,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  maker TEXT NOT NULL,
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  ratings TEXT NOT NULL,
  mass_kg REAL NOT NULL,
  hazards TEXT NOT NULL,
  create_us INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  change INTEGER NOT NULL,
  UNIQUE (tenant, name)
);

-- owner '' is the site's library.
CREATE TABLE sequences (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  source TEXT NOT NULL,
  hash TEXT NOT NULL,
  file TEXT NOT NULL,
  member TEXT,
  create_us INTEGER NOT NULL,
  change INTEGER NOT NULL,
  UNIQUE (owner, name, version)
);

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  tenant INTEGER NOT NULL REFERENCES tenants,
  member TEXT NOT NULL,
  booking INTEGER REFERENCES bookings,
  bench INTEGER NOT NULL REFERENCES benches,
  layout TEXT NOT NULL,
  mode INTEGER NOT NULL,
  sequence_owner TEXT NOT NULL,
  sequence TEXT NOT NULL,
  sequence_version INTEGER NOT NULL,
  sequence_hash TEXT NOT NULL,
  sequence_source TEXT NOT NULL,
  parameters TEXT NOT NULL,
  dut TEXT,
  again_of TEXT,
  external_id TEXT NOT NULL,
  attended INTEGER NOT NULL,
  state INTEGER NOT NULL,
  verdict INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  create_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  start_us INTEGER,
  end_us INTEGER,
  elapsed_ns INTEGER NOT NULL DEFAULT 0,
  predicted_ns INTEGER NOT NULL DEFAULT 0,
  steps_done INTEGER NOT NULL DEFAULT 0,
  steps_total INTEGER NOT NULL DEFAULT 0,
  step_path TEXT NOT NULL DEFAULT '',
  step_title TEXT NOT NULL DEFAULT '',
  segments_expected INTEGER,
  safe_state BLOB,
  config_hash TEXT NOT NULL,
  last_event INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL,
  change INTEGER NOT NULL
);
CREATE INDEX runs_by_tenant ON runs (tenant);
CREATE INDEX runs_by_booking ON runs (booking);
-- One run at a time on a bench: PENDING, RUNNING, STOPPING.
CREATE UNIQUE INDEX runs_active ON runs (bench) WHERE state < 4;

-- kind: the number of the event's field in benchd.link.v1.Event.
CREATE TABLE run_events (
  run INTEGER NOT NULL REFERENCES runs,
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  event BLOB NOT NULL,
  PRIMARY KEY (run, number)
) WITHOUT ROWID;

CREATE TABLE segments (
  run INTEGER NOT NULL REFERENCES runs,
  number INTEGER NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (run, number)
) WITHOUT ROWID;

-- state: 1 pending, 2 answered.
CREATE TABLE commands (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  station INTEGER NOT NULL REFERENCES stations,
  bench INTEGER NOT NULL REFERENCES benches,
  booking INTEGER REFERENCES bookings,
  command BLOB NOT NULL,
  state INTEGER NOT NULL,
  result BLOB,
  create_us INTEGER NOT NULL
);
CREATE INDEX commands_pending ON commands (station) WHERE state = 1;

-- What a request id was answered with; see Call.
CREATE TABLE requests (
  scope TEXT NOT NULL,
  request_id TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  object TEXT NOT NULL,
  answer BLOB NOT NULL,
  create_us INTEGER NOT NULL,
  PRIMARY KEY (scope, request_id)
) WITHOUT ROWID;
CREATE INDEX requests_by_time ON requests (create_us);

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  previous BLOB NOT NULL,
  time_us INTEGER NOT NULL,
  actor TEXT NOT NULL,
  operation TEXT NOT NULL,
  object TEXT NOT NULL,
  decision INTEGER NOT NULL,
  reason TEXT NOT NULL,
  request_id TEXT NOT NULL,
  hash BLOB NOT NULL
);
CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append only');
END;
CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append only');
END;
