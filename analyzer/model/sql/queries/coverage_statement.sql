SELECT 'Seen: ' || (SELECT printf('%d of %d units parsed', seen, total) FROM coverage WHERE release = ?1 AND what = 'units parsed')
|| (SELECT CASE WHEN seen < total THEN printf(' (%d with errors or missing headers)', total - seen) ELSE '' END FROM coverage
  WHERE release = ?1 AND what = 'units parsed without errors')
|| (SELECT printf('; %d of %d calls through pointers resolved', seen, total) FROM coverage WHERE release = ?1 AND what = 'indirect call sites resolved')
|| coalesce((SELECT printf('; flows of %d of %d entry points stored', seen, total) FROM coverage
  WHERE release = ?1 AND what = 'flows of entry points stored' AND seen < total), '')
|| CASE WHEN (SELECT observations FROM releases WHERE release = ?1) = 0 THEN '; nothing traced' ELSE
  (SELECT printf('; %d of %d functions observed', seen, total) FROM coverage WHERE release = ?1 AND what = 'functions observed')
  || (SELECT printf(' in %d run%s', observations, iif(observations = 1, '', 's')) FROM releases WHERE release = ?1)
  || coalesce((SELECT printf('; %d of %d modules traced', sum(seen), max(total)) FROM coverage
    WHERE release = ?1 AND what LIKE 'modules traced in mode %' AND what NOT LIKE '% none' HAVING count(*) > 0), '') END AS statement
