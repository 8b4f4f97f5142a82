-- From model version 3 to 4: what types consist of, which releases stored before do not say, and events, which no version before made.
ALTER TABLE type ADD COLUMN layout INTEGER;
DROP TABLE event;
CREATE TABLE event (id INTEGER PRIMARY KEY, from_release INTEGER NOT NULL, to_release INTEGER NOT NULL, kind TEXT NOT NULL,
  severity TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, file TEXT, line INTEGER, fingerprint TEXT NOT NULL,
  is_improvement INTEGER NOT NULL);
CREATE INDEX event_releases ON event (from_release, to_release);
CREATE TABLE event_place (event INTEGER NOT NULL, symbol TEXT NOT NULL, user TEXT NOT NULL, file TEXT NOT NULL, line INTEGER);
CREATE INDEX event_place_event ON event_place (event);
CREATE TABLE compared (from_release INTEGER NOT NULL, to_release INTEGER NOT NULL, PRIMARY KEY (from_release, to_release)) WITHOUT ROWID;
