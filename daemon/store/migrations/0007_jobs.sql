-- plan_bench and the times are absent while no bench fits. plan_waits, plan_moved: the numbers of
-- scheduling::PlanCause.
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  tenant INTEGER NOT NULL REFERENCES tenants,
  member TEXT NOT NULL,
  class INTEGER NOT NULL,
  state INTEGER NOT NULL,
  sequence_owner TEXT NOT NULL,
  sequence TEXT NOT NULL,
  sequence_version INTEGER NOT NULL,
  parameters TEXT NOT NULL,
  dut TEXT,
  benches TEXT NOT NULL,
  kind TEXT NOT NULL,
  needs TEXT NOT NULL,
  layout TEXT NOT NULL,
  fitting TEXT NOT NULL,
  attendance INTEGER NOT NULL,
  earliest_s INTEGER,
  maximum_s INTEGER NOT NULL CHECK (maximum_s > 0),
  predicted_s INTEGER NOT NULL CHECK (predicted_s BETWEEN 0 AND maximum_s),
  retries INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  title TEXT NOT NULL,
  external_id TEXT NOT NULL,
  submit_us INTEGER NOT NULL,
  update_us INTEGER NOT NULL,
  plan_bench TEXT,
  plan_start_s INTEGER,
  plan_end_s INTEGER,
  plan_waits INTEGER NOT NULL DEFAULT 0,
  plan_moved INTEGER NOT NULL DEFAULT 0,
  booking TEXT,
  reason TEXT NOT NULL DEFAULT '',
  message TEXT NOT NULL DEFAULT '',
  revision INTEGER NOT NULL,
  change INTEGER NOT NULL
);
CREATE INDEX jobs_by_tenant ON jobs (tenant);
CREATE INDEX jobs_queued ON jobs (id) WHERE state = 1;

-- Since when a job has been the first of its tenant in its class.
CREATE TABLE job_heads (
  tenant INTEGER NOT NULL REFERENCES tenants,
  class INTEGER NOT NULL,
  job TEXT NOT NULL,
  since_s INTEGER NOT NULL,
  PRIMARY KEY (tenant, class)
) WITHOUT ROWID;

-- The job that a booking was made for.
ALTER TABLE bookings ADD COLUMN job TEXT;
