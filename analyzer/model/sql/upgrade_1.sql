-- From model version 1 to 2: runs that were recorded, and why a file is in its domain. Rows stored before say that nothing was
-- observed; of releases stored before nothing is said of the latter.
ALTER TABLE function ADD COLUMN observed_calls INTEGER NOT NULL DEFAULT 0;
ALTER TABLE function ADD COLUMN is_observed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE function ADD COLUMN total_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE function ADD COLUMN self_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN observed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call ADD COLUMN observed_how INTEGER;
ALTER TABLE call ADD COLUMN observed_first INTEGER;
ALTER TABLE dependency ADD COLUMN observed REAL NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN observed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flow ADD COLUMN observed INTEGER NOT NULL DEFAULT 0;
CREATE TABLE flow_call (entry INTEGER NOT NULL, caller INTEGER NOT NULL, callee INTEGER NOT NULL, observed INTEGER,
  observed_how INTEGER, first INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX flow_call_entry ON flow_call (entry);
ALTER TABLE resource_use ADD COLUMN type INTEGER;
ALTER TABLE resource_use ADD COLUMN observed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resource_use ADD COLUMN errors INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resource_use ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resource_use ADD COLUMN ns INTEGER NOT NULL DEFAULT 0;
CREATE INDEX resource_use_resource ON resource_use (resource);
CREATE TABLE lock_order (held INTEGER NOT NULL, taken INTEGER NOT NULL, symbol INTEGER NOT NULL, observed INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
ALTER TABLE domain_dependency ADD COLUMN observed REAL NOT NULL DEFAULT 0;
CREATE TABLE file_reason (file INTEGER NOT NULL, certainty REAL, second_domain INTEGER, second_share REAL, told INTEGER,
  signals INTEGER, fine INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE domain_tree (domain INTEGER NOT NULL, domain_id INTEGER NOT NULL, coarse INTEGER, previous INTEGER, change INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
-- The digests were made of fewer columns.
DELETE FROM digest;
CREATE TABLE observation (
  id INTEGER PRIMARY KEY, release INTEGER NOT NULL, run TEXT NOT NULL, program TEXT NOT NULL, arguments TEXT NOT NULL,
  started_at INTEGER NOT NULL, processes INTEGER NOT NULL, flags INTEGER NOT NULL, created_at INTEGER NOT NULL,
  bytes BLOB NOT NULL
);
CREATE INDEX observation_release ON observation (release);
CREATE TABLE observation_trace (
  observation INTEGER NOT NULL, trace TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (observation, trace)
) WITHOUT ROWID;
