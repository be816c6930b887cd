-- The usage ledger. `seconds` is the length of [start_s, end_s), below zero when it takes back what
-- an earlier entry counted. `forfeit`: charged only as far as nobody else has the time in the end;
-- entries that say so later name it in `corrects`. `wish`: the benches of a refused wish.
CREATE TABLE usage (
  id INTEGER PRIMARY KEY,
  time_us INTEGER NOT NULL,
  tenant INTEGER REFERENCES tenants,
  member TEXT,
  bench INTEGER NOT NULL REFERENCES benches,
  booking INTEGER REFERENCES bookings,
  kind INTEGER NOT NULL,
  start_s INTEGER NOT NULL,
  end_s INTEGER NOT NULL CHECK (end_s >= start_s),
  seconds INTEGER NOT NULL CHECK (abs(seconds) = end_s - start_s),
  forfeit INTEGER NOT NULL DEFAULT 0,
  corrects INTEGER REFERENCES usage,
  wish TEXT
);
CREATE INDEX usage_by_tenant ON usage (tenant, end_s);
CREATE INDEX usage_by_bench ON usage (bench, end_s);
CREATE INDEX usage_by_booking ON usage (booking, bench) WHERE booking IS NOT NULL;
-- What fair share reads, and what a pool total reads: charged kinds alone.
CREATE INDEX usage_charged ON usage (end_s, tenant, bench, seconds) WHERE kind IN (2, 3, 4, 6, 7);
CREATE INDEX usage_charged_by_time ON usage (time_us, bench, tenant, seconds)
  WHERE kind IN (2, 3, 4, 6, 7);
CREATE INDEX usage_down ON usage (bench) WHERE kind = 11;
CREATE INDEX usage_forfeits ON usage (bench, end_s) WHERE forfeit = 1;
CREATE INDEX usage_corrections ON usage (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX usage_wishes ON usage (tenant, member, wish, time_us) WHERE wish IS NOT NULL;

CREATE TRIGGER usage_is_append_only_update BEFORE UPDATE ON usage
BEGIN
  SELECT RAISE(ABORT, 'the usage ledger is append only');
END;
CREATE TRIGGER usage_is_append_only_delete BEFORE DELETE ON usage
BEGIN
  SELECT RAISE(ABORT, 'the usage ledger is append only');
END;

-- What is booked, and out of use, when the ledger begins.
INSERT INTO usage (time_us, tenant, bench, booking, kind, start_s, end_s, seconds)
  SELECT b.create_us, b.tenant, bb.bench, b.id, 1, bb.occupied_start_s, bb.occupied_end_s,
         bb.occupied_end_s - bb.occupied_start_s
  FROM bookings b JOIN booking_benches bb ON bb.booking = b.id WHERE b.state BETWEEN 1 AND 5;
INSERT INTO usage (time_us, bench, kind, start_s, end_s, seconds)
  SELECT 1000000 * strftime('%s', 'now'), id, 11, strftime('%s', 'now'), strftime('%s', 'now'), 0
  FROM benches WHERE quarantined = 1;
