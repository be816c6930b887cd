-- What a booking waits for on the wait-list, or was offered time for.
ALTER TABLE bookings ADD COLUMN wait TEXT;
CREATE INDEX bookings_waiting ON bookings (id) WHERE state = 16;
