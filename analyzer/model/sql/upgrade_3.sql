-- From model version 3 to 4: the past of a codebase, debt by files' changes and findings, and changes that are planned. Empty for
-- releases derived before; they are made anew when a release is derived again.
CREATE TABLE history (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL);
CREATE TABLE plan (id INTEGER PRIMARY KEY, change TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL);
CREATE TABLE file_change (change_id INTEGER NOT NULL, file INTEGER NOT NULL, time INTEGER, author INTEGER, is_fix INTEGER, files INTEGER,
  added INTEGER, removed INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX file_change_file ON file_change (file);
CREATE TABLE score (scope INTEGER NOT NULL, subject INTEGER NOT NULL, metric INTEGER NOT NULL, value REAL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX score_subject ON score (subject);
ALTER TABLE release ADD COLUMN history BLOB;
ALTER TABLE release ADD COLUMN git_time INTEGER;
ALTER TABLE function ADD COLUMN dependencies INTEGER;
ALTER TABLE function ADD COLUMN dependents INTEGER;
ALTER TABLE function ADD COLUMN observed_dependents INTEGER;
ALTER TABLE task ADD COLUMN score_change REAL;
ALTER TABLE domain DROP COLUMN debt_score;
-- The digests were made of other columns.
DELETE FROM digest;
