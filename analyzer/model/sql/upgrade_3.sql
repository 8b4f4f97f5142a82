-- From model version 3 to 4: what a unit was before, so that going back to it costs nothing.
CREATE TABLE unit_earlier (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unit INTEGER NOT NULL,
  facts BLOB NOT NULL,
  key BLOB NOT NULL,
  inputs BLOB NOT NULL
);
CREATE INDEX unit_earlier_unit ON unit_earlier (unit);
