-- From model version 4 to 5: which headers build files install, and which are taken as public. Of releases stored before nothing is
-- known of that.
ALTER TABLE release ADD COLUMN installed TEXT NOT NULL DEFAULT '';
CREATE TABLE public_header (file INTEGER NOT NULL, reason INTEGER NOT NULL, said_in INTEGER NOT NULL, line INTEGER,
  since INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX public_header_file ON public_header (file);
