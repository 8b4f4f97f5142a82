-- What any unit read, or looked for where it was not.
SELECT value FROM path
