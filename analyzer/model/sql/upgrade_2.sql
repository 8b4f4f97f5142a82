-- From model version 2 to 3: findings and tasks, which no version before made.
DROP TABLE finding;
DROP TABLE task;
CREATE TABLE finding (id INTEGER PRIMARY KEY, rule INTEGER NOT NULL, severity INTEGER, goal INTEGER, domain INTEGER,
  file INTEGER, line INTEGER, subject INTEGER, message INTEGER, effort_minutes INTEGER, fingerprint INTEGER, task INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE TABLE task (task_key INTEGER NOT NULL, title INTEGER, priority REAL, goal INTEGER, domain INTEGER,
  effort_minutes INTEGER, findings INTEGER, status INTEGER, rule INTEGER, why INTEGER, steps INTEGER, reason INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
