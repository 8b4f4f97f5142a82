-- The schema of model version 1, as it was: what an upgrade starts from.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE path (
  id INTEGER PRIMARY KEY,
  value BLOB NOT NULL UNIQUE
);
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL
);
CREATE TABLE unit_facts (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  bytes BLOB NOT NULL,
  status INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  missing_headers INTEGER NOT NULL,
  reason TEXT NOT NULL
);
CREATE TABLE unit (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  command BLOB NOT NULL,
  facts BLOB,
  key BLOB,
  inputs BLOB,
  UNIQUE (path, command)
);
CREATE TABLE release (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  git_commit TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  derive_key BLOB,
  units INTEGER NOT NULL,
  units_failed INTEGER NOT NULL,
  functions INTEGER NOT NULL,
  calls INTEGER NOT NULL
);
CREATE TABLE manifest (
  unit INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL
);
CREATE INDEX manifest_unit ON manifest (unit);
CREATE TABLE text (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
);
CREATE TABLE digest (
  name TEXT PRIMARY KEY,
  rows INTEGER NOT NULL,
  high INTEGER NOT NULL,
  low INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE symbol (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  scope INTEGER NOT NULL,
  UNIQUE (name, kind, scope)
);
CREATE TABLE file (path INTEGER NOT NULL, lines INTEGER, code_lines INTEGER, is_header INTEGER, is_main INTEGER,
  domain INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX file_path ON file (path);
CREATE TABLE function (symbol INTEGER NOT NULL, file INTEGER NOT NULL, source_name INTEGER, signature INTEGER,
  line INTEGER, end_line INTEGER, flags INTEGER, parameters INTEGER, cyclomatic INTEGER, cognitive INTEGER,
  code_lines INTEGER, is_reachable INTEGER, configurations INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX function_symbol ON function (symbol);
CREATE TABLE variable (symbol INTEGER NOT NULL, file INTEGER NOT NULL, type INTEGER, line INTEGER, flags INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX variable_symbol ON variable (symbol);
CREATE TABLE type (symbol INTEGER NOT NULL, file INTEGER NOT NULL, kind INTEGER, line INTEGER, end_line INTEGER,
  fields INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX type_symbol ON type (symbol);
CREATE TABLE macro (symbol INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER, end_line INTEGER,
  is_function_like INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX macro_symbol ON macro (symbol);
CREATE TABLE call (caller INTEGER NOT NULL, callee INTEGER NOT NULL, how INTEGER NOT NULL, basis INTEGER,
  confidence REAL, sites INTEGER, line INTEGER, via_macro INTEGER, configurations INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX call_caller ON call (caller);
CREATE INDEX call_callee ON call (callee);
CREATE TABLE use (from_symbol INTEGER, from_file INTEGER NOT NULL, to_symbol INTEGER NOT NULL, kind INTEGER NOT NULL,
  sites INTEGER, line INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX use_to ON use (to_symbol);
CREATE TABLE include (file INTEGER NOT NULL, included INTEGER NOT NULL, line INTEGER, is_used INTEGER,
  is_outside INTEGER, is_missing INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE dependency (from_file INTEGER NOT NULL, to_file INTEGER NOT NULL, kind INTEGER NOT NULL, weight REAL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE region (file INTEGER NOT NULL, line INTEGER, end_line INTEGER, condition INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE entry (symbol INTEGER NOT NULL, kind INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE flow (entry INTEGER NOT NULL, symbol INTEGER NOT NULL, depth INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE resource (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name INTEGER NOT NULL, UNIQUE (kind, name));
CREATE TABLE resource_use (symbol INTEGER NOT NULL, resource INTEGER NOT NULL, operation INTEGER NOT NULL,
  sites INTEGER, line INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE domain (name INTEGER NOT NULL, is_declared INTEGER, files INTEGER, functions INTEGER, lines INTEGER,
  cohesion REAL, exclusivity REAL, debt_score REAL, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE domain_dependency (from_domain INTEGER NOT NULL, to_domain INTEGER NOT NULL, weight REAL,
  symbols INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE metric (scope INTEGER NOT NULL, subject INTEGER NOT NULL, metric INTEGER NOT NULL, value REAL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE coverage_row (what INTEGER NOT NULL, seen INTEGER, total INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE policy (from_domain INTEGER NOT NULL, to_domain INTEGER NOT NULL, verdict INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE finding (id INTEGER PRIMARY KEY, rule INTEGER NOT NULL, severity INTEGER, goal INTEGER, domain INTEGER,
  file INTEGER, line INTEGER, subject INTEGER, message INTEGER, effort_minutes INTEGER, fingerprint INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE task (task_key INTEGER NOT NULL, title INTEGER, priority REAL, goal INTEGER, domain INTEGER,
  effort_minutes INTEGER, findings INTEGER, status INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE event (from_release INTEGER NOT NULL, to_release INTEGER NOT NULL, kind INTEGER NOT NULL,
  severity INTEGER, subject INTEGER, detail INTEGER, file INTEGER, line INTEGER);
