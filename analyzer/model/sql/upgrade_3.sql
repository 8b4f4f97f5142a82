-- From model version 3 to 4: sums that rules ask for, empty for releases derived before; indexes that hold what the views ask for
-- most, the file of a function and the domain of a file; and what was asked of domain discovery, as far as known nothing, and how
-- many files of compile commands were missing, as far as known none.
ALTER TABLE release ADD COLUMN discovery TEXT NOT NULL DEFAULT '';
ALTER TABLE release ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
CREATE TABLE call_count (symbol INTEGER NOT NULL, callers INTEGER, caller_files INTEGER,
  caller_domains INTEGER, callees INTEGER, callees_at_home INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX call_count_symbol ON call_count (symbol);
CREATE TABLE struct_use (name INTEGER NOT NULL, domain INTEGER NOT NULL, fields INTEGER, sites INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX struct_use_name ON struct_use (name);
DROP INDEX function_symbol;
CREATE INDEX function_symbol ON function (symbol, file, since, until);
DROP INDEX file_path;
CREATE INDEX file_path ON file (path, domain, since, until);
CREATE TABLE memory (name TEXT PRIMARY KEY, key BLOB NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID;
