-- Limits: what a tenant, and each of its members, has. Kept by triggers, since the limits are looked
-- at with every booking, however many a tenant has.

-- In proportion to those of the others, from the site file.
ALTER TABLE tenants ADD COLUMN share REAL NOT NULL DEFAULT 1;
-- Bookings that have not ended (16 waits for time), and the bench-seconds of their claims.
ALTER TABLE tenants ADD COLUMN open_bookings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN open_s INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN open_bookings INTEGER NOT NULL DEFAULT 0;
UPDATE tenants SET
  open_bookings = (SELECT count(*) FROM bookings b
                   WHERE b.tenant = tenants.id AND (b.state < 7 OR b.state = 16)),
  open_s = (SELECT coalesce(sum(c.end_s - c.start_s), 0) FROM claims c
            JOIN bookings b ON b.id = c.booking WHERE b.tenant = tenants.id);
UPDATE members SET
  open_bookings = (SELECT count(*) FROM bookings b
                   WHERE b.tenant = members.tenant AND b.member = members.name
                     AND (b.state < 7 OR b.state = 16));
-- Benches of the site, kept by RegisterStation.
INSERT INTO meta SELECT 'benches', count(*) FROM benches WHERE present = 1;

CREATE INDEX bookings_open ON bookings (tenant, start_s) WHERE state BETWEEN 1 AND 6;
CREATE INDEX bookings_held ON bookings (tenant) WHERE state BETWEEN 1 AND 2;
CREATE INDEX bookings_no_show ON bookings (tenant, start_s) WHERE state = 8;
CREATE INDEX jobs_queued_by_tenant ON jobs (tenant, member) WHERE state = 1;

CREATE TRIGGER bookings_opened AFTER INSERT ON bookings WHEN NEW.state < 7 OR NEW.state = 16
BEGIN
  UPDATE tenants SET open_bookings = open_bookings + 1 WHERE id = NEW.tenant;
  UPDATE members SET open_bookings = open_bookings + 1
    WHERE tenant = NEW.tenant AND name = NEW.member;
END;
CREATE TRIGGER bookings_moved AFTER UPDATE OF state, member ON bookings
WHEN (OLD.state < 7 OR OLD.state = 16) <> (NEW.state < 7 OR NEW.state = 16) OR OLD.member <> NEW.member
BEGIN
  UPDATE tenants SET open_bookings =
      open_bookings + (NEW.state < 7 OR NEW.state = 16) - (OLD.state < 7 OR OLD.state = 16)
    WHERE id = NEW.tenant;
  UPDATE members SET open_bookings = open_bookings - (OLD.state < 7 OR OLD.state = 16)
    WHERE tenant = OLD.tenant AND name = OLD.member;
  UPDATE members SET open_bookings = open_bookings + (NEW.state < 7 OR NEW.state = 16)
    WHERE tenant = NEW.tenant AND name = NEW.member;
END;
CREATE TRIGGER claims_taken AFTER INSERT ON claims WHEN NEW.booking IS NOT NULL
BEGIN
  UPDATE tenants SET open_s = open_s + NEW.end_s - NEW.start_s
    WHERE id = (SELECT tenant FROM bookings WHERE id = NEW.booking);
END;
CREATE TRIGGER claims_changed AFTER UPDATE OF start_s, end_s ON claims WHEN NEW.booking IS NOT NULL
BEGIN
  UPDATE tenants SET open_s = open_s + (NEW.end_s - NEW.start_s) - (OLD.end_s - OLD.start_s)
    WHERE id = (SELECT tenant FROM bookings WHERE id = NEW.booking);
END;
CREATE TRIGGER claims_given_back AFTER DELETE ON claims WHEN OLD.booking IS NOT NULL
BEGIN
  UPDATE tenants SET open_s = open_s - (OLD.end_s - OLD.start_s)
    WHERE id = (SELECT tenant FROM bookings WHERE id = OLD.booking);
END;
