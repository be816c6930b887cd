-- Every policy that the site ran with, in the order in which they held: each until the next one.
-- content: a line for each number, "busy_grid=900 s".
CREATE TABLE policies (
  sequence INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  content TEXT NOT NULL,
  since_us INTEGER NOT NULL
);
CREATE INDEX policies_by_version ON policies (version);
CREATE TRIGGER policies_are_append_only_update BEFORE UPDATE ON policies
BEGIN
  SELECT RAISE(ABORT, 'policies are append only');
END;
CREATE TRIGGER policies_are_append_only_delete BEFORE DELETE ON policies
BEGIN
  SELECT RAISE(ABORT, 'policies are append only');
END;
