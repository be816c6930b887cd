-- Bookings that were made together, for repeated work.
ALTER TABLE bookings ADD COLUMN series TEXT;
CREATE INDEX bookings_by_series ON bookings (series, start_s) WHERE series IS NOT NULL;
