-- What is never rewritten: facts by content, the units they came from, releases.

-- One row per key: what the database as a whole needs to know.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- Paths of input files as raw bytes (they need not be UTF-8), numbered.
CREATE TABLE path (
  id INTEGER PRIMARY KEY,
  value BLOB NOT NULL UNIQUE
);

-- What some unit says about one file: canonical bytes, zstd-compressed. Shared by all units that say the same.
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,       -- facts id, 16 bytes
  bytes BLOB NOT NULL
);

-- A unit's own facts (which chunks, diagnostics): canonical bytes, zstd-compressed.
CREATE TABLE unit_facts (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,       -- facts id, 16 bytes
  bytes BLOB NOT NULL,
  status INTEGER NOT NULL,         -- enum unit_status
  errors INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  missing_headers INTEGER NOT NULL,
  reason TEXT NOT NULL             -- failed: why; else the first error; '' where there is none
);

-- A source file with one compile command, and what was stored for it last: what a scan skips by.
CREATE TABLE unit (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,              -- relative to the codebase
  command BLOB NOT NULL,           -- command_hash, 16 bytes
  facts BLOB,                      -- facts id of the last scan
  key BLOB,                        -- its input key
  inputs BLOB,                     -- zstd: varints: count, paths of files read; count, paths of absent ones
  UNIQUE (path, command)
);

-- What was stored for it before that, up to seven times, newest last: for trees that go back and forth.
CREATE TABLE unit_earlier (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unit INTEGER NOT NULL,           -- unit.id
  facts BLOB NOT NULL,             -- as in unit
  key BLOB NOT NULL,
  inputs BLOB NOT NULL
);
CREATE INDEX unit_earlier_unit ON unit_earlier (unit);

-- number orders releases and is what the intervals below count in; it is never given twice.
CREATE TABLE release (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  git_commit TEXT NOT NULL,        -- '' where there is none
  created_at INTEGER NOT NULL,     -- seconds since the epoch, UTC
  derive_key BLOB,                 -- what the derived rows were made with
  units INTEGER NOT NULL,
  units_failed INTEGER NOT NULL,
  functions INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  history BLOB,                    -- history.hash; NULL: none was there
  git_time INTEGER,                -- when the commit was made that the tree stood on: seconds since the epoch, UTC
  discovery TEXT NOT NULL DEFAULT '', -- what was asked of domain discovery; '' by default
  missing INTEGER NOT NULL DEFAULT 0, -- compile commands whose file does not exist
  installed TEXT NOT NULL DEFAULT '' -- headers that build files install, as buildfiles/installed.h writes it; '' none
);

-- A codebase's past as it was read from its repository: canonical bytes of facts/history.h, zstd-compressed, by what names it
-- (the commit that was checked out, and how history is read).
CREATE TABLE history (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,       -- 16 bytes
  bytes BLOB NOT NULL
);

-- Changes of the architecture that somebody means to make (debt --what-if --save-tasks): they become tasks of every release.
CREATE TABLE plan (
  id INTEGER PRIMARY KEY,
  change TEXT NOT NULL UNIQUE,     -- as it was given: "move FILE DOMAIN", "cut A B"
  created_at INTEGER NOT NULL      -- seconds since the epoch, UTC
);

-- Manifests: which facts stand for which unit, from one release to another (as in derived.sql).
CREATE TABLE manifest (
  unit INTEGER NOT NULL,           -- unit.id
  facts INTEGER NOT NULL,          -- unit_facts.id
  since INTEGER NOT NULL,
  until INTEGER NOT NULL
);
CREATE INDEX manifest_unit ON manifest (unit);

-- Recorded runs: what the agent saw, beside the release whose build ran (release.number: another manifest under the same
-- name is another number). Canonical bytes of facts/observation.h, zstd-compressed; the rest is told from them.
CREATE TABLE observation (
  id INTEGER PRIMARY KEY,
  release INTEGER NOT NULL,        -- release.number
  run TEXT NOT NULL,               -- run id, 32 hex digits
  program TEXT NOT NULL,
  arguments TEXT NOT NULL,
  started_at INTEGER NOT NULL,     -- ns since the epoch, UTC
  processes INTEGER NOT NULL,
  flags INTEGER NOT NULL,          -- enum observation_run_flag
  created_at INTEGER NOT NULL,     -- when it was ingested: seconds since the epoch, UTC
  bytes BLOB NOT NULL
);
CREATE INDEX observation_release ON observation (release);

-- The trace files that an observation was made of: what repeats are recognised by.
CREATE TABLE observation_trace (
  observation INTEGER NOT NULL,    -- observation.id
  trace TEXT NOT NULL,             -- trace id, 32 hex digits
  events INTEGER NOT NULL,         -- more in a later copy of the same file
  PRIMARY KEY (observation, trace)
) WITHOUT ROWID;
