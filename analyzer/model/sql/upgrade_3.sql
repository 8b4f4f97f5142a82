-- From model version 3 to 4: what a unit was before, so that going back to it costs nothing; the past of a codebase, debt by files' changes and findings, and changes that are planned. Empty for
-- releases derived before; they are made anew when a release is derived again. And sums that rules ask for, likewise; indexes that
-- hold what the views ask for most, the file of a function and the domain of a file; what was asked of domain discovery and how many
-- files of compile commands were missing, as far as known nothing and none.
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
ALTER TABLE release ADD COLUMN discovery TEXT NOT NULL DEFAULT '';
ALTER TABLE release ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
CREATE TABLE call_count (symbol INTEGER NOT NULL, callers INTEGER, caller_files INTEGER,
  caller_domains INTEGER, callees INTEGER, callees_at_home INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX call_count_symbol ON call_count (symbol);
CREATE TABLE struct_use (name INTEGER NOT NULL, domain INTEGER NOT NULL, fields INTEGER, sites INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX struct_use_name ON struct_use (name);
CREATE INDEX declaration_symbol ON declaration (symbol);
DROP INDEX function_symbol;
CREATE INDEX function_symbol ON function (symbol, file, since, until);
DROP INDEX file_path;
CREATE INDEX file_path ON file (path, domain, since, until);
CREATE TABLE memory (name TEXT PRIMARY KEY, key BLOB NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID;
-- What types consist of, which releases stored before do not say, and events, which no version before made.
ALTER TABLE type ADD COLUMN layout INTEGER;
DROP TABLE event;
CREATE TABLE event (id INTEGER PRIMARY KEY, from_release INTEGER NOT NULL, to_release INTEGER NOT NULL, kind TEXT NOT NULL,
  severity TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, file TEXT, line INTEGER, fingerprint TEXT NOT NULL,
  is_improvement INTEGER NOT NULL);
CREATE INDEX event_releases ON event (from_release, to_release);
CREATE TABLE event_place (event INTEGER NOT NULL, symbol TEXT NOT NULL, user TEXT NOT NULL, file TEXT NOT NULL, line INTEGER);
CREATE INDEX event_place_event ON event_place (event);
CREATE TABLE compared (from_release INTEGER NOT NULL, to_release INTEGER NOT NULL, PRIMARY KEY (from_release, to_release)) WITHOUT ROWID;
CREATE TABLE unit_earlier (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unit INTEGER NOT NULL,
  facts BLOB NOT NULL,
  key BLOB NOT NULL,
  inputs BLOB NOT NULL
);
CREATE INDEX unit_earlier_unit ON unit_earlier (unit);
