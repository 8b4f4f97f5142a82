-- What analysis says of each release. Can be dropped and made again from the manifests.
-- A row is valid in the releases numbered since .. until (0: up to the newest; stored in no byte), so that a release in
-- which little changed adds little. Columns named after a thing hold its id; strings are ids of text.

CREATE TABLE text (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL UNIQUE
);

-- What the open rows (until = 0) of each table below say, as count and sum of hashes: a table whose new rows say the same is
-- not read.
CREATE TABLE digest (
  name TEXT PRIMARY KEY,
  rows INTEGER NOT NULL,
  high INTEGER NOT NULL,
  low INTEGER NOT NULL
) WITHOUT ROWID;

-- Identities over all releases: the same function keeps its id.
CREATE TABLE symbol (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,           -- enum symbol_kind
  name TEXT NOT NULL,
  scope INTEGER NOT NULL,          -- text: the file that scopes it; '' for a global external symbol
  UNIQUE (name, kind, scope)
);

CREATE TABLE file (path INTEGER NOT NULL, lines INTEGER, code_lines INTEGER, is_header INTEGER, is_main INTEGER,
  domain INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX file_path ON file (path, domain, since, until);

CREATE TABLE function (symbol INTEGER NOT NULL, file INTEGER NOT NULL, source_name INTEGER, signature INTEGER,
  line INTEGER, end_line INTEGER, flags INTEGER, parameters INTEGER, cyclomatic INTEGER, cognitive INTEGER,
  code_lines INTEGER, is_reachable INTEGER, configurations INTEGER, observed_calls INTEGER NOT NULL DEFAULT 0,
  is_observed INTEGER NOT NULL DEFAULT 0, total_ns INTEGER NOT NULL DEFAULT 0, self_ns INTEGER NOT NULL DEFAULT 0,
  entry_domain INTEGER, dependencies INTEGER, dependents INTEGER, observed_dependents INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX function_symbol ON function (symbol, file, since, until);

CREATE TABLE variable (symbol INTEGER NOT NULL, file INTEGER NOT NULL, type INTEGER, line INTEGER, flags INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX variable_symbol ON variable (symbol);

CREATE TABLE type (symbol INTEGER NOT NULL, file INTEGER NOT NULL, kind INTEGER, line INTEGER, end_line INTEGER,
  fields INTEGER, function_fields INTEGER NOT NULL DEFAULT 0, layout INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX type_symbol ON type (symbol);

CREATE TABLE macro (symbol INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER, end_line INTEGER,
  is_function_like INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX macro_symbol ON macro (symbol);

CREATE TABLE call (caller INTEGER NOT NULL, callee INTEGER NOT NULL, how INTEGER NOT NULL, basis INTEGER,
  confidence REAL, sites INTEGER, line INTEGER, via_macro INTEGER, configurations INTEGER,
  observed INTEGER NOT NULL DEFAULT 0, observed_how INTEGER, observed_first INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX call_caller ON call (caller);
CREATE INDEX call_callee ON call (callee);

CREATE TABLE use (from_symbol INTEGER, from_file INTEGER NOT NULL, to_symbol INTEGER NOT NULL, kind INTEGER NOT NULL,
  sites INTEGER, line INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX use_to ON use (to_symbol);

CREATE TABLE include (file INTEGER NOT NULL, included INTEGER NOT NULL, line INTEGER, is_used INTEGER,
  is_outside INTEGER, is_missing INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);

CREATE TABLE dependency (from_file INTEGER NOT NULL, to_file INTEGER NOT NULL, kind INTEGER NOT NULL, weight REAL,
  observed REAL NOT NULL DEFAULT 0, since INTEGER NOT NULL, until INTEGER NOT NULL);

CREATE TABLE region (file INTEGER NOT NULL, line INTEGER, end_line INTEGER, condition INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);

CREATE TABLE entry (symbol INTEGER NOT NULL, kind INTEGER NOT NULL, observed INTEGER NOT NULL DEFAULT 0, reaches INTEGER,
  has_flow INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL, until INTEGER NOT NULL);

CREATE TABLE flow (entry INTEGER NOT NULL, symbol INTEGER NOT NULL, depth INTEGER, observed INTEGER NOT NULL DEFAULT 0,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE flow_call (entry INTEGER NOT NULL, caller INTEGER NOT NULL, callee INTEGER NOT NULL, observed INTEGER,
  observed_how INTEGER, first INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX flow_call_entry ON flow_call (entry);

CREATE TABLE resource (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name INTEGER NOT NULL, UNIQUE (kind, name));
CREATE TABLE resource_use (symbol INTEGER NOT NULL, resource INTEGER NOT NULL, operation INTEGER NOT NULL,
  sites INTEGER, line INTEGER, type INTEGER, observed INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0, ns INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX resource_use_resource ON resource_use (resource);
CREATE TABLE lock_order (held INTEGER NOT NULL, taken INTEGER NOT NULL, symbol INTEGER NOT NULL, observed INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);

CREATE TABLE domain (name INTEGER NOT NULL, is_declared INTEGER, files INTEGER, functions INTEGER, lines INTEGER,
  cohesion REAL, exclusivity REAL, since INTEGER NOT NULL, until INTEGER NOT NULL);

-- Why a file is in its domain; where a domain lies in the tree of coarser parts, and what it was in the release before.
CREATE TABLE file_reason (file INTEGER NOT NULL, certainty REAL, second_domain INTEGER, second_share REAL, told INTEGER,
  signals INTEGER, fine INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE domain_tree (domain INTEGER NOT NULL, domain_id INTEGER NOT NULL, coarse INTEGER, previous INTEGER, change INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);

CREATE TABLE domain_dependency (from_domain INTEGER NOT NULL, to_domain INTEGER NOT NULL, weight REAL,
  symbols INTEGER, observed REAL NOT NULL DEFAULT 0, since INTEGER NOT NULL, until INTEGER NOT NULL);

CREATE TABLE metric (scope INTEGER NOT NULL, subject INTEGER NOT NULL, metric INTEGER NOT NULL, value REAL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);

-- Numbers that rest on findings, told with them: debt and what it costs.
CREATE TABLE score (scope INTEGER NOT NULL, subject INTEGER NOT NULL, metric INTEGER NOT NULL, value REAL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX score_subject ON score (subject);

-- Which commits of the last years changed which file of the release, renames followed. change_id: the commit's first 8 bytes.
CREATE TABLE file_change (change_id INTEGER NOT NULL, file INTEGER NOT NULL, time INTEGER, author INTEGER, is_fix INTEGER, files INTEGER,
  added INTEGER, removed INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX file_change_file ON file_change (file);

-- Headers that are taken as the codebase's API, and why.
CREATE TABLE public_header (file INTEGER NOT NULL, reason INTEGER NOT NULL, said_in INTEGER NOT NULL, line INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX public_header_file ON public_header (file);

CREATE TABLE coverage_row (what INTEGER NOT NULL, seen INTEGER, total INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);

-- The declared architecture at the time of the release: allowed and forbidden dependencies between domains.
CREATE TABLE policy (from_domain INTEGER NOT NULL, to_domain INTEGER NOT NULL, verdict INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);

-- How functions from outside are called, what is declared where, circles of dependencies, what headers bring along.
CREATE TABLE literal (caller INTEGER, callee INTEGER NOT NULL, argument INTEGER NOT NULL, value INTEGER NOT NULL, line INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE constant (caller INTEGER NOT NULL, callee INTEGER NOT NULL, argument INTEGER NOT NULL, value INTEGER NOT NULL,
  line INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE outcall (caller INTEGER NOT NULL, callee INTEGER NOT NULL, file INTEGER NOT NULL, flags INTEGER NOT NULL,
  sites INTEGER, line INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX outcall_callee ON outcall (callee);
CREATE TABLE declaration (symbol INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER, is_definition INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX declaration_symbol ON declaration (symbol);
CREATE TABLE cycle_member (scope INTEGER NOT NULL, cycle INTEGER NOT NULL, member INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE cycle_cut (scope INTEGER NOT NULL, cycle INTEGER NOT NULL, from_member INTEGER NOT NULL, to_member INTEGER NOT NULL,
  cost REAL, line INTEGER, symbol INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE header_cost (file INTEGER NOT NULL, lines INTEGER, units INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);

-- How widely functions are called and how far domains reach into structs, summed up for rules.
CREATE TABLE call_count (symbol INTEGER NOT NULL, callers INTEGER, caller_files INTEGER,
  caller_domains INTEGER, callees INTEGER, callees_at_home INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX call_count_symbol ON call_count (symbol);
CREATE TABLE struct_use (name INTEGER NOT NULL, domain INTEGER NOT NULL, fields INTEGER, sites INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX struct_use_name ON struct_use (name);

-- What was dear to find, the last of each name, with a key of all that it was found from: zstd-compressed.
CREATE TABLE memory (name TEXT PRIMARY KEY, key BLOB NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID;

-- Verdicts of rules, tasks made of them, changes between two releases.
CREATE TABLE finding (id INTEGER PRIMARY KEY, rule INTEGER NOT NULL, severity INTEGER, goal INTEGER, domain INTEGER,
  file INTEGER, line INTEGER, subject INTEGER, message INTEGER, effort_minutes INTEGER, fingerprint INTEGER, task INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE task (task_key INTEGER NOT NULL, title INTEGER, priority REAL, goal INTEGER, domain INTEGER,
  effort_minutes INTEGER, findings INTEGER, status INTEGER, rule INTEGER, why INTEGER, steps INTEGER, reason INTEGER, score_change REAL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
-- Of two releases, by their numbers: gone when either of them is derived again.
CREATE TABLE event (id INTEGER PRIMARY KEY, from_release INTEGER NOT NULL, to_release INTEGER NOT NULL, kind TEXT NOT NULL,
  severity TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, file TEXT, line INTEGER, fingerprint TEXT NOT NULL,
  is_improvement INTEGER NOT NULL);
CREATE INDEX event_releases ON event (from_release, to_release);
CREATE TABLE event_place (event INTEGER NOT NULL, symbol TEXT NOT NULL, user TEXT NOT NULL, file TEXT NOT NULL, line INTEGER);
CREATE INDEX event_place_event ON event_place (event);
-- Between which releases events were looked for: none may have been found.
CREATE TABLE compared (from_release INTEGER NOT NULL, to_release INTEGER NOT NULL, PRIMARY KEY (from_release, to_release)) WITHOUT ROWID;
