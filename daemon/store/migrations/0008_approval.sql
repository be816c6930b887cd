-- What a station file says of a bench: its bookings need an approval.
ALTER TABLE benches ADD COLUMN needs_approval INTEGER NOT NULL DEFAULT 0;
-- Since when a booking waits for an approval, or last did.
ALTER TABLE bookings ADD COLUMN request_us INTEGER NOT NULL DEFAULT 0;
