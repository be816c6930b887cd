-- events: numbers of model::NotificationEvent, separated by spaces.
CREATE TABLE notification_settings (
  tenant INTEGER NOT NULL REFERENCES tenants,
  member TEXT NOT NULL,
  events TEXT NOT NULL,
  email TEXT NOT NULL,
  webhook TEXT NOT NULL,
  hook INTEGER NOT NULL,
  details INTEGER NOT NULL,
  PRIMARY KEY (tenant, member)
) WITHOUT ROWID;

-- The outbox: one row for each event, member and channel, written with what it tells of. due_us:
-- when to try (again). expires_us: from then on there is no point in it.
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  tenant INTEGER NOT NULL REFERENCES tenants,
  member TEXT NOT NULL,
  event INTEGER NOT NULL,
  booking INTEGER REFERENCES bookings,
  channel INTEGER NOT NULL,
  create_us INTEGER NOT NULL,
  due_us INTEGER NOT NULL,
  expires_us INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  delivered_us INTEGER,
  UNIQUE (name, channel)
);
CREATE INDEX notifications_due ON notifications (due_us) WHERE delivered_us IS NULL;
CREATE INDEX notifications_by_member ON notifications (tenant, member, create_us);
CREATE INDEX notifications_by_booking ON notifications (booking) WHERE delivered_us IS NULL;
CREATE INDEX notifications_delivered ON notifications (delivered_us)
  WHERE delivered_us IS NOT NULL;
