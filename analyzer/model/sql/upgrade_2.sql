-- From model version 2 to 3: what entry points bound and how much they reach (rows stored before do not say; they are made anew when
-- a release is derived again), findings and tasks, which no version before made, and facts that rules ask for; those of
-- releases derived before are empty.
DROP TABLE finding;
DROP TABLE task;
CREATE TABLE finding (id INTEGER PRIMARY KEY, rule INTEGER NOT NULL, severity INTEGER, goal INTEGER, domain INTEGER,
  file INTEGER, line INTEGER, subject INTEGER, message INTEGER, effort_minutes INTEGER, fingerprint INTEGER, task INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE task (task_key INTEGER NOT NULL, title INTEGER, priority REAL, goal INTEGER, domain INTEGER,
  effort_minutes INTEGER, findings INTEGER, status INTEGER, rule INTEGER, why INTEGER, steps INTEGER, reason INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE literal (caller INTEGER, callee INTEGER NOT NULL, argument INTEGER NOT NULL, value INTEGER NOT NULL, line INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE constant (caller INTEGER NOT NULL, callee INTEGER NOT NULL, argument INTEGER NOT NULL, value INTEGER NOT NULL,
  line INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE outcall (caller INTEGER NOT NULL, callee INTEGER NOT NULL, file INTEGER NOT NULL, flags INTEGER NOT NULL,
  sites INTEGER, line INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX outcall_callee ON outcall (callee);
CREATE TABLE declaration (symbol INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER, is_definition INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE cycle_member (scope INTEGER NOT NULL, cycle INTEGER NOT NULL, member INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE cycle_cut (scope INTEGER NOT NULL, cycle INTEGER NOT NULL, from_member INTEGER NOT NULL, to_member INTEGER NOT NULL,
  cost REAL, line INTEGER, symbol INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE header_cost (file INTEGER NOT NULL, lines INTEGER, units INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL);
ALTER TABLE function ADD COLUMN entry_domain INTEGER;
ALTER TABLE type ADD COLUMN function_fields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN reaches INTEGER;
ALTER TABLE entry ADD COLUMN has_flow INTEGER NOT NULL DEFAULT 0;
-- The digests were made of fewer columns.
DELETE FROM digest;
