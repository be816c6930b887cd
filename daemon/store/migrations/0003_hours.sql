-- What a station file says of a bench's own hours, a rule a line; '' = none. Those of the site are
-- in meta ('hours').
ALTER TABLE benches ADD COLUMN hours TEXT NOT NULL DEFAULT '';
-- What runs unattended may do so outside the open hours.
ALTER TABLE benches ADD COLUMN unattended INTEGER NOT NULL DEFAULT 0;
