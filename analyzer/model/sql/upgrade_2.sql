-- From model version 2 to 3: what entry points bound, and how much they reach. Rows stored before do not say; they are made
-- anew when a release is derived again.
ALTER TABLE function ADD COLUMN entry_domain INTEGER;
ALTER TABLE type ADD COLUMN function_fields INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN reaches INTEGER;
ALTER TABLE entry ADD COLUMN has_flow INTEGER NOT NULL DEFAULT 0;
-- The digests were made of fewer columns.
DELETE FROM digest;
