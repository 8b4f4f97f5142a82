-- The public views: what rules, reports and users read. Names are stable; columns may be added, never renamed or removed.
-- The comment above each view is what `sightline query --schema` prints: "-- view name: what a row is", then one
-- line "--   column: meaning" for each column, in order.

-- view releases: a release: an immutable manifest of units
--   release: name
--   created_at: when it was scanned, UTC, ISO 8601
--   git_commit: commit the tree was at; '' where there is no git
--   units: units in the manifest
--   units_failed: units of which no facts could be had
--   functions: functions defined in the codebase
--   calls: call edges, direct and indirect
--   observations: recorded runs added to this release; 0 until something was traced
--   git_time: when that commit was made: seconds since the epoch, UTC; NULL where no history was read
CREATE VIEW releases AS
SELECT r.name AS release,
  strftime('%Y-%m-%dT%H:%M:%SZ', r.created_at, 'unixepoch') AS created_at,
  r.git_commit AS git_commit,
  r.units AS units,
  r.units_failed AS units_failed,
  r.functions AS functions,
  r.calls AS calls,
  (SELECT count(*) FROM observation o WHERE o.release = r.number) AS observations,
  r.git_time AS git_time
FROM release r;

-- view units: a source file with one compile command
--   release: name of the release
--   unit: source file, relative to the codebase
--   command_hash: the normalised command, 32 hex digits
--   status: ok, partial (errors or missing headers: some facts lack) or failed (no facts)
--   diagnostics: number of errors and missing headers
--   errors: errors of the compiler
--   warnings: warnings of the compiler
--   missing_headers: #include lines whose file was not found
--   reason: why it failed, or its first error; '' where there is none
CREATE VIEW units AS
SELECT r.name AS release,
  u.path AS unit,
  lower(hex(u.command)) AS command_hash,
  CASE f.status WHEN 1 THEN 'ok' WHEN 2 THEN 'partial' ELSE 'failed' END AS status,
  f.errors + f.missing_headers AS diagnostics,
  f.errors AS errors,
  f.warnings AS warnings,
  f.missing_headers AS missing_headers,
  f.reason AS reason
FROM release r
JOIN manifest m ON m.since <= r.number AND (m.until = 0 OR m.until >= r.number)
JOIN unit u ON u.id = m.unit
JOIN unit_facts f ON f.id = m.facts;

-- view files: a file of the codebase that some unit reads
--   release: name of the release
--   file: path, relative to the codebase
--   lines: physical lines
--   code_lines: lines that hold code
--   is_header: 1: a header and never a unit's main file
--   domain: the domain it belongs to
--   is_main: 1: the main file of at least one unit
--   is_private: 1: a header whose name says that it is not for others (internal, private, _priv., _impl., _int.h, /priv/, /impl/)
CREATE VIEW files AS
SELECT r.name AS release,
  p.value AS file,
  f.lines AS lines,
  f.code_lines AS code_lines,
  f.is_header AS is_header,
  dt.value AS domain,
  f.is_main AS is_main,
  f.is_header AND (p.value GLOB '*internal*' OR p.value GLOB '*private*' OR p.value GLOB '*[-_]priv.*' OR p.value GLOB '*[-_]impl.*'
    OR p.value GLOB '*[-_]int.h' OR p.value GLOB '*/priv/*' OR p.value GLOB '*/impl/*') AS is_private
FROM release r
JOIN file f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
JOIN text p ON p.id = f.path
LEFT JOIN text dt ON dt.id = f.domain;

-- view functions: a function defined in the codebase
--   release: name of the release
--   function_id: its id, stable within a release
--   name: linkage name
--   file: file of its definition
--   line: first line of the definition
--   end_line: last line
--   is_static: 1: internal linkage
--   is_inline: 1: declared inline
--   parameters: number of named parameters
--   cyclomatic: cyclomatic complexity: 1 + decisions (McCabe 1976)
--   cognitive: cognitive complexity (Campbell 2018)
--   domain: domain of its file
--   is_reachable: 1: reachable from an entry point by known calls
--   observed_calls: calls of it counted in traced runs; 0 until something was traced
--   source_name: its name in the source where an asm label gives another linkage name; else name
--   signature: its type
--   code_lines: lines of its body that hold code
--   is_weak: 1: a weak definition
--   is_alias: 1: another name of a function (attribute alias)
--   is_constructor: 1: runs before main
--   is_destructor: 1: runs after main
--   is_variadic: 1: takes a variable number of arguments
--   is_inline_only: 1: gives no symbol of its own (C99 inline, gnu_inline)
--   configurations: '' = every configuration of its file; else prefixes of the command hashes that have it
--   is_observed: 1: seen in a traced run, if only in a call stack, in a sample or by what it used
--   observed_total_ns: time spent in it and what it calls, where a run was traced with --time; else 0
--   observed_self_ns: time spent in itself, likewise
--   is_declared: 1: a header that is not private declares or defines it
--   entry_domain: part of the code bounded by entry points, see entry_domains; NULL: no entry point reaches it
--   is_from_macro: 1: its name came out of a macro's expansion
--   dependencies: functions, variables, types, fields and macros that its source names
--   dependents: functions that call it by name
--   observed_dependents: functions seen to call it in traced runs; 0 until something was traced
CREATE VIEW functions AS
SELECT r.name AS release,
  f.symbol AS function_id,
  s.name AS name,
  p.value AS file,
  f.line AS line,
  f.end_line AS end_line,
  (f.flags & 2) <> 0 AS is_static,
  (f.flags & 4) <> 0 AS is_inline,
  f.parameters AS parameters,
  f.cyclomatic AS cyclomatic,
  f.cognitive AS cognitive,
  (SELECT t.value FROM file d JOIN text t ON t.id = d.domain WHERE d.path = f.file AND d.since <= r.number
    AND (d.until = 0 OR d.until >= r.number)) AS domain,
  f.is_reachable AS is_reachable,
  f.observed_calls AS observed_calls,
  coalesce((SELECT t.value FROM text t WHERE t.id = f.source_name), s.name) AS source_name,
  (SELECT t.value FROM text t WHERE t.id = f.signature) AS signature,
  f.code_lines AS code_lines,
  (f.flags & 8) <> 0 AS is_weak,
  (f.flags & 16) <> 0 AS is_alias,
  (f.flags & 32) <> 0 AS is_constructor,
  (f.flags & 64) <> 0 AS is_destructor,
  (f.flags & 128) <> 0 AS is_variadic,
  (f.flags & 2048) <> 0 AS is_inline_only,
  (SELECT t.value FROM text t WHERE t.id = f.configurations) AS configurations,
  f.is_observed AS is_observed,
  f.total_ns AS observed_total_ns,
  f.self_ns AS observed_self_ns,
  (f.flags & 1073741824) <> 0 AS is_declared,
  (SELECT t.value FROM text t WHERE t.id = f.entry_domain) AS entry_domain,
  (f.flags & 1024) <> 0 AS is_from_macro,
  f.dependencies AS dependencies,
  f.dependents AS dependents,
  f.observed_dependents AS observed_dependents
FROM release r
JOIN function f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
LEFT JOIN symbol s ON s.id = f.symbol
LEFT JOIN text p ON p.id = f.file;

-- view variables: a global or static variable defined in the codebase
--   release: name of the release
--   variable_id: its id, stable within a release
--   name: linkage name; statics of functions: function.variable
--   file: file of its definition
--   line: line of its definition
--   is_static: 1: internal linkage or static in a function
--   is_mutable: 1: not const
--   is_thread_local: 1: one per thread
--   type: its type as spelled
--   domain: domain of its file
--   is_declared: 1: a header that is not private declares or defines it
CREATE VIEW variables AS
SELECT r.name AS release,
  v.symbol AS variable_id,
  s.name AS name,
  p.value AS file,
  v.line AS line,
  (v.flags & 6) <> 0 AS is_static,
  (v.flags & 8) <> 0 AS is_mutable,
  (v.flags & 16) <> 0 AS is_thread_local,
  ty.value AS type,
  dt.value AS domain,
  (v.flags & 1073741824) <> 0 AS is_declared
FROM release r
JOIN variable v ON v.since <= r.number AND (v.until = 0 OR v.until >= r.number)
JOIN symbol s ON s.id = v.symbol
JOIN text p ON p.id = v.file
LEFT JOIN text ty ON ty.id = v.type
LEFT JOIN file d ON d.path = v.file AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
LEFT JOIN text dt ON dt.id = d.domain;

-- view types: a struct, union, enum or typedef defined in the codebase
--   release: name of the release
--   type_id: its id, stable within a release
--   name: tag or typedef name; anonymous ones are named after what holds them
--   file: file of its definition
--   line: first line of the definition
--   domain: domain of its file
--   kind: struct, union, enum or typedef
--   fields: number of fields or enumerators
--   function_fields: of the fields, how many hold functions
--   layout: its members in order, a line each: name, tab, type (enumerators: value; a typedef: only tab, type); NULL: scanned by an older version
CREATE VIEW types AS
SELECT r.name AS release,
  y.symbol AS type_id,
  s.name AS name,
  p.value AS file,
  y.line AS line,
  dt.value AS domain,
  k.value AS kind,
  y.fields AS fields,
  y.function_fields AS function_fields,
  ly.value AS layout
FROM release r
JOIN type y ON y.since <= r.number AND (y.until = 0 OR y.until >= r.number)
JOIN symbol s ON s.id = y.symbol
JOIN text p ON p.id = y.file
JOIN text k ON k.id = y.kind
LEFT JOIN text ly ON ly.id = y.layout
LEFT JOIN file d ON d.path = y.file AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
LEFT JOIN text dt ON dt.id = d.domain;

-- view macros: a macro defined in the codebase
--   release: name of the release
--   macro_id: its id, stable within a release
--   name: its name
--   file: file of its definition
--   line: line of its definition
--   domain: domain of its file
--   is_function_like: 1: takes arguments
CREATE VIEW macros AS
SELECT r.name AS release,
  m.symbol AS macro_id,
  s.name AS name,
  p.value AS file,
  m.line AS line,
  dt.value AS domain,
  m.is_function_like AS is_function_like
FROM release r
JOIN macro m ON m.since <= r.number AND (m.until = 0 OR m.until >= r.number)
JOIN symbol s ON s.id = m.symbol
JOIN text p ON p.id = m.file
LEFT JOIN file d ON d.path = m.file AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
LEFT JOIN text dt ON dt.id = d.domain;

-- view calls: who calls whom, one row per (caller, callee, how)
--   release: name of the release
--   caller_id: function_id of the caller
--   caller: its name
--   caller_file: file of its definition
--   callee_id: function_id of the callee
--   callee: its name
--   callee_file: file of its definition; NULL where it is outside the codebase
--   how: direct, indirect (through a pointer, see basis) or observed
--   confidence: 0..1: 1 for certain; 0.5 where runs alone show it and another function may have jumped there
--   sites: number of call sites
--   observed_count: times seen in traced runs, see observed_how; 0 until something was traced
--   basis: what the edge rests on: direct, builtin, cleanup, generic, ambiguous, alias, field, flow, signature or observed
--   line: first call site
--   via_macro: how many of the sites come out of macros
--   configurations: '' = every configuration of the caller's file; else prefixes of command hashes
--   observed_how: what observed_count counts: exact (calls), inlined (calls; the caller was put back in from debug information; a call that was itself inlined left no count, and tells 1 for each place), tail (calls; reached by a jump), sampled (samples) or stack (call stacks); NULL where not seen
--   observed_first: order of first sight over all traced runs; NULL where not seen
CREATE VIEW calls AS
SELECT r.name AS release,
  c.caller AS caller_id,
  a.name AS caller,
  (SELECT p.value FROM function f JOIN text p ON p.id = f.file WHERE f.symbol = c.caller AND f.since <= r.number
    AND (f.until = 0 OR f.until >= r.number)) AS caller_file,
  c.callee AS callee_id,
  b.name AS callee,
  (SELECT p.value FROM function f JOIN text p ON p.id = f.file WHERE f.symbol = c.callee AND f.since <= r.number
    AND (f.until = 0 OR f.until >= r.number)) AS callee_file,
  CASE c.how WHEN 1 THEN 'direct' WHEN 2 THEN 'indirect' ELSE 'observed' END AS how,
  c.confidence AS confidence,
  c.sites AS sites,
  c.observed AS observed_count,
  (SELECT t.value FROM text t WHERE t.id = c.basis) AS basis,
  c.line AS line,
  c.via_macro AS via_macro,
  (SELECT t.value FROM text t WHERE t.id = c.configurations) AS configurations,
  (SELECT t.value FROM text t WHERE t.id = c.observed_how) AS observed_how,
  c.observed_first AS observed_first
FROM release r
JOIN call c ON c.since <= r.number AND (c.until = 0 OR c.until >= r.number)
LEFT JOIN symbol a ON a.id = c.caller
LEFT JOIN symbol b ON b.id = c.callee;

-- view uses: who reads, writes, or names what, one row per (from, to, kind)
--   release: name of the release
--   from_id: id of the function, variable, type or macro; NULL: file scope
--   from_name: its name; at file scope the file's path
--   to_id: id of the variable, type, field, macro or function used
--   to_name: its name; fields: type.field
--   kind: read, write, address, type, field or macro
--   sites: how many times
--   from_file: file in which the use stands
--   line: line of the first use
CREATE VIEW uses AS
SELECT r.name AS release,
  u.from_symbol AS from_id,
  coalesce(a.name, fp.value) AS from_name,
  u.to_symbol AS to_id,
  b.name AS to_name,
  k.value AS kind,
  u.sites AS sites,
  fp.value AS from_file,
  u.line AS line
FROM release r
JOIN use u ON u.since <= r.number AND (u.until = 0 OR u.until >= r.number)
LEFT JOIN symbol a ON a.id = u.from_symbol
LEFT JOIN symbol b ON b.id = u.to_symbol
LEFT JOIN text fp ON fp.id = u.from_file
LEFT JOIN text k ON k.id = u.kind;

-- view includes: an #include line
--   release: name of the release
--   file: file it stands in
--   included: file of the codebase, or the name as spelled where it lies outside or is missing
--   line: its line
--   is_used: 1: something from there is used, or it defines what the C library's headers ask for (_GNU_SOURCE)
--   is_outside: 1: found outside the codebase
--   is_missing: 1: not found
CREATE VIEW includes AS
SELECT r.name AS release,
  p.value AS file,
  i.value AS included,
  n.line AS line,
  n.is_used AS is_used,
  n.is_outside AS is_outside,
  n.is_missing AS is_missing
FROM release r
JOIN include n ON n.since <= r.number AND (n.until = 0 OR n.until >= r.number)
JOIN text p ON p.id = n.file
JOIN text i ON i.id = n.included;

-- view dependencies: one file needs another, one row per kind
--   release: name of the release
--   from_file: the file that needs
--   to_file: the file that is needed
--   kind: call, indirect, read, write, address, type, field, macro or include
--   weight: sites; indirect calls: sites times confidence, 0 where only runs show them; include: 1
--   observed_weight: calls seen in traced runs (kinds call and indirect); 0 until something was traced
CREATE VIEW dependencies AS
SELECT r.name AS release,
  a.value AS from_file,
  b.value AS to_file,
  k.value AS kind,
  d.weight AS weight,
  d.observed AS observed_weight
FROM release r
JOIN dependency d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text a ON a.id = d.from_file
JOIN text b ON b.id = d.to_file
JOIN text k ON k.id = d.kind;

-- view resources: a file, socket, lock, table ... that the codebase uses
--   release: name of the release
--   resource_id: its id
--   kind: file, socket, lock, thread, process, ...
--   name: its name
--   domains: how many domains use it
--   type: a finer kind (mutex, rwlock, SIGTERM, kafka, ...); '' where there is none
--   exclusivity: exclusive: used by one domain; shared: by 2 or 3; common: by more; NULL: by none
CREATE VIEW resources AS
SELECT r.name AS release,
  q.id AS resource_id,
  k.value AS kind,
  n.value AS name,
  count(DISTINCT d.domain) AS domains,
  coalesce(max(t.value), '') AS type,
  CASE count(DISTINCT d.domain) WHEN 0 THEN NULL WHEN 1 THEN 'exclusive' WHEN 2 THEN 'shared' WHEN 3 THEN 'shared' ELSE 'common' END
    AS exclusivity
FROM release r
JOIN resource_use u ON u.since <= r.number AND (u.until = 0 OR u.until >= r.number)
JOIN resource q ON q.id = u.resource
JOIN text k ON k.id = q.kind
JOIN text n ON n.id = q.name
LEFT JOIN text t ON t.id = u.type
LEFT JOIN function f ON f.symbol = u.symbol AND f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
LEFT JOIN file d ON d.path = f.file AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
GROUP BY r.number, q.id;

-- view resource_uses: a function uses a resource
--   release: name of the release
--   function_id: who
--   function: its name; [file] stands for what has no name in a loaded file
--   resource_id: what
--   kind: kind of the resource
--   name: name of the resource
--   operation: open, read, write, lock, ...
--   static_sites: places in the code that name it; 0: only runs show it
--   observed_count: times seen in traced runs; 0 until something was traced
--   line: first place
--   observed_errors: of these, how many failed
--   observed_bytes: bytes moved in all; locks: how often it had to be waited for
--   observed_ns: time waited or spent in all, where it was measured
CREATE VIEW resource_uses AS
SELECT r.name AS release,
  u.symbol AS function_id,
  s.name AS function,
  u.resource AS resource_id,
  k.value AS kind,
  n.value AS name,
  o.value AS operation,
  u.sites AS static_sites,
  u.observed AS observed_count,
  u.line AS line,
  u.errors AS observed_errors,
  u.bytes AS observed_bytes,
  u.ns AS observed_ns
FROM release r
JOIN resource_use u ON u.since <= r.number AND (u.until = 0 OR u.until >= r.number)
JOIN symbol s ON s.id = u.symbol
JOIN resource q ON q.id = u.resource
JOIN text k ON k.id = q.kind
JOIN text n ON n.id = q.name
JOIN text o ON o.id = u.operation;

-- view entry_points: where control enters the codebase
--   release: name of the release
--   function_id: the function
--   function: its name
--   kind: main, thread, signal, constructor, destructor, callback (given to an outside library) or export
--   observed_count: times control was seen to enter there in traced runs; 0 until something was traced
--   reaches: functions that it reaches by known calls, itself included; NULL where only runs show that control enters here
--   has_flow: 1: what it reaches is in flows; 0: left out for its size, see coverage
CREATE VIEW entry_points AS
SELECT r.name AS release,
  e.symbol AS function_id,
  s.name AS function,
  k.value AS kind,
  e.observed AS observed_count,
  e.reaches AS reaches,
  e.has_flow AS has_flow
FROM release r
JOIN entry e ON e.since <= r.number AND (e.until = 0 OR e.until >= r.number)
JOIN symbol s ON s.id = e.symbol
JOIN text k ON k.id = e.kind;

-- view flows: what an entry point reaches; of callbacks and exports only as many as are affordable, see entry_points.has_flow
--   release: name of the release
--   entry_id: function_id of the entry point
--   function_id: a function it reaches
--   depth: fewest known calls from the entry point; NULL where only a run shows it there, and not how
--   observed: 1: seen in a traced run, on a thread of this entry point
CREATE VIEW flows AS
SELECT r.name AS release,
  w.entry AS entry_id,
  w.symbol AS function_id,
  w.depth AS depth,
  w.observed AS observed
FROM release r
JOIN flow w ON w.since <= r.number AND (w.until = 0 OR w.until >= r.number);

-- view flow_calls: calls seen in traced runs, entry point by entry point
--   release: name of the release
--   entry_id: function_id of the entry point
--   caller_id: function_id of the caller
--   callee_id: function_id of the callee
--   observed_count: times seen on threads of this entry point, see observed_how
--   observed_how: as in calls
--   first: order of first sight over all traced runs
CREATE VIEW flow_calls AS
SELECT r.name AS release,
  w.entry AS entry_id,
  w.caller AS caller_id,
  w.callee AS callee_id,
  w.observed AS observed_count,
  h.value AS observed_how,
  w.first AS first
FROM release r
JOIN flow_call w ON w.since <= r.number AND (w.until = 0 OR w.until >= r.number)
LEFT JOIN text h ON h.id = w.observed_how;

-- view flow_domains: a domain that an entry point's flow passes through
--   release: name of the release
--   entry_id: function_id of the entry point
--   entry: its name
--   domain: the domain
--   functions: its functions that the entry point reaches
--   observed_functions: of these, those seen on threads of this entry point
--   depth: fewest known calls to get there; NULL where only a run shows it there
CREATE VIEW flow_domains AS
SELECT r.name AS release,
  w.entry AS entry_id,
  s.name AS entry,
  dt.value AS domain,
  count(*) AS functions,
  sum(w.observed) AS observed_functions,
  min(w.depth) AS depth
FROM release r
JOIN flow w ON w.since <= r.number AND (w.until = 0 OR w.until >= r.number)
JOIN symbol s ON s.id = w.entry
JOIN function f ON f.symbol = w.symbol AND f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
JOIN file d ON d.path = f.file AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text dt ON dt.id = d.domain
GROUP BY r.number, w.entry, d.domain;

-- view flow_resources: a resource that an entry point's flow uses
--   release: name of the release
--   entry_id: function_id of the entry point
--   entry: its name
--   resource_id: the resource
--   kind: kind of the resource
--   name: name of the resource
--   functions: functions of the flow that use it
--   operations: what they do with it
--   static_sites: places in them that name it
--   observed: 1: one of them was seen to use it in a run, and seen on threads of this entry point
CREATE VIEW flow_resources AS
SELECT r.name AS release,
  w.entry AS entry_id,
  s.name AS entry,
  u.resource AS resource_id,
  k.value AS kind,
  n.value AS name,
  count(DISTINCT u.symbol) AS functions,
  group_concat(DISTINCT o.value) AS operations,
  sum(u.sites) AS static_sites,
  max(w.observed AND u.observed > 0) AS observed
FROM release r
JOIN resource_use u ON u.since <= r.number AND (u.until = 0 OR u.until >= r.number)
JOIN flow w ON w.symbol = u.symbol AND w.since <= r.number AND (w.until = 0 OR w.until >= r.number)
JOIN symbol s ON s.id = w.entry
JOIN resource q ON q.id = u.resource
JOIN text k ON k.id = q.kind
JOIN text n ON n.id = q.name
JOIN text o ON o.id = u.operation
GROUP BY r.number, w.entry, u.resource;

-- view entry_domains: the code bounded by entry points: a function belongs to the part whose entry points every way to it from outside passes last, else to 'common'
--   release: name of the release
--   domain: main, thread ... with its function; exports or callbacks of a discovered domain; common: of several; unreached
--   entry_points: entry points among its functions
--   files: files in which functions of it are
--   functions: its functions
--   lines: lines of code in their bodies
--   observed_functions: of the functions, those seen in traced runs
CREATE VIEW entry_domains AS
SELECT r.name AS release,
  coalesce(t.value, 'unreached') AS domain,
  sum(EXISTS (SELECT 1 FROM entry e WHERE e.symbol = f.symbol AND e.since <= r.number AND (e.until = 0 OR e.until >= r.number)))
    AS entry_points,
  count(DISTINCT f.file) AS files,
  count(*) AS functions,
  sum(f.code_lines) AS lines,
  sum(f.is_observed) AS observed_functions
FROM release r
JOIN function f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
LEFT JOIN text t ON t.id = f.entry_domain
GROUP BY r.number, f.entry_domain;

-- view lock_orders: while a lock is held, another one is taken, as the source says or as seen in traced runs
--   release: name of the release
--   held_id: resource_id of the lock held
--   held: its name
--   taken_id: resource_id of the lock taken
--   taken: its name
--   function_id: runs: the function that took it; source: the one that holds the other, and takes it itself or calls what does
--   function: its name
--   observed_count: how often runs did; 0: the source says so
CREATE VIEW lock_orders AS
SELECT r.name AS release,
  o.held AS held_id,
  hn.value AS held,
  o.taken AS taken_id,
  tn.value AS taken,
  o.symbol AS function_id,
  s.name AS function,
  o.observed AS observed_count
FROM release r
JOIN lock_order o ON o.since <= r.number AND (o.until = 0 OR o.until >= r.number)
JOIN symbol s ON s.id = o.symbol
JOIN resource h ON h.id = o.held
JOIN text hn ON hn.id = h.name
JOIN resource t ON t.id = o.taken
JOIN text tn ON tn.id = t.name;

-- view observations: a recorded run that was added to a release
--   release: name of the release
--   observation_id: its id
--   run: id of the run
--   program: the program that was started
--   arguments: its arguments
--   started_at: when it was started, UTC, ISO 8601
--   processes: processes that were followed; an exec counts anew
--   is_foreign: 1: of another build than the release, taken in with --force
--   is_snapshot: 1: some process was still running, or was ended by a signal: it did not say that it ends
--   is_sampled: 1: recorded with --sample
--   is_timed: 1: recorded with --time
--   was_paused: 1: recording was off at times
--   ingested_at: when it was added, UTC, ISO 8601
CREATE VIEW observations AS
SELECT r.name AS release,
  o.id AS observation_id,
  o.run AS run,
  o.program AS program,
  o.arguments AS arguments,
  strftime('%Y-%m-%dT%H:%M:%SZ', o.started_at / 1000000000, 'unixepoch') AS started_at,
  o.processes AS processes,
  (o.flags & 2) <> 0 AS is_foreign,
  (o.flags & 1) <> 0 AS is_snapshot,
  (o.flags & 4) <> 0 AS is_sampled,
  (o.flags & 8) <> 0 AS is_timed,
  (o.flags & 16) <> 0 AS was_paused,
  strftime('%Y-%m-%dT%H:%M:%SZ', o.created_at, 'unixepoch') AS ingested_at
FROM release r
JOIN observation o ON o.release = r.number;

-- view domains: a group of files that do one job
--   release: name of the release
--   domain: its name
--   files: files in it
--   functions: functions defined in it
--   lines: lines of code in it
--   cohesion: weight of dependencies that stay inside / all that touch it, 0..1
--   exclusivity: functions called from no other domain / functions, 0..1
--   debt_score: 0 (none) .. 100
--   is_declared: 1: declared in the configuration, 0: discovered
CREATE VIEW domains AS
SELECT r.name AS release,
  n.value AS domain,
  d.files AS files,
  d.functions AS functions,
  d.lines AS lines,
  d.cohesion AS cohesion,
  d.exclusivity AS exclusivity,
  (SELECT m.value FROM score m JOIN text sc ON sc.id = m.scope AND sc.value = 'domain' JOIN text me ON me.id = m.metric AND
    me.value = 'debt_score' WHERE m.subject = d.name AND m.since <= r.number AND (m.until = 0 OR m.until >= r.number)) AS debt_score,
  d.is_declared AS is_declared
FROM release r
JOIN domain d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text n ON n.id = d.name;

-- view file_domains: why each file is in its domain
--   release: name of the release
--   file: the file
--   domain: the domain it belongs to
--   certainty: 0..1: how often runs with other seeds put it with the other files of its domain, on average
--   second_domain: the domain it is tied to most after its own; NULL = none
--   second_share: tie to second_domain / (tie to its own + tie to second_domain), 0..1
--   is_border: 1 where it could as well be elsewhere: certainty below 0.6, or second_share above 0.4
--   told: why it was not discovered: declared, vendored, tests, examples, pinned; '' where it was
--   signals: what ties it to its domain, with each signal's share
--   coarse: the part of the coarser view that its domain lies in
--   fine: the part of the finer view that it lies in
CREATE VIEW file_domains AS
SELECT r.name AS release,
  p.value AS file,
  n.value AS domain,
  w.certainty AS certainty,
  s.value AS second_domain,
  w.second_share AS second_share,
  t.value = '' AND (w.certainty < 0.6 OR w.second_share > 0.4) AS is_border,
  t.value AS told,
  g.value AS signals,
  c.value AS coarse,
  i.value AS fine
FROM release r
JOIN file f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
JOIN file_reason w ON w.file = f.path AND w.since <= r.number AND (w.until = 0 OR w.until >= r.number)
JOIN domain_tree d ON d.domain = f.domain AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text p ON p.id = f.path
JOIN text n ON n.id = f.domain
JOIN text t ON t.id = w.told
JOIN text g ON g.id = w.signals
JOIN text i ON i.id = w.fine
JOIN text c ON c.id = d.coarse
LEFT JOIN text s ON s.id = w.second_domain;

-- view domain_levels: the tree of parts: coarse ones, the domains in them, finer parts of these
--   release: name of the release
--   level: coarse, default or fine
--   domain: the part; of level default: a domain
--   parent: the part of the coarser level that it lies in; NULL at the top
--   files: files in it
CREATE VIEW domain_levels AS
SELECT release, 'coarse' AS level, coarse AS domain, NULL AS parent, count(*) AS files FROM file_domains GROUP BY release, coarse
UNION ALL SELECT release, 'default', domain, coarse, count(*) FROM file_domains GROUP BY release, domain
UNION ALL SELECT release, 'fine', fine, domain, count(*) FROM file_domains GROUP BY release, domain, fine;

-- view domain_identities: which domain of a release is which of the release before
--   release: name of the release
--   domain: its name there
--   domain_id: stays with it over releases, whatever it is called
--   previous: the domain that most of its files were in before; '' = none
--   change: kept, renamed, born, split (off previous), merged (of several); '' where there was no release before
CREATE VIEW domain_identities AS
SELECT r.name AS release,
  n.value AS domain,
  i.value AS domain_id,
  p.value AS previous,
  c.value AS change
FROM release r
JOIN domain_tree d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text n ON n.id = d.domain
JOIN text i ON i.id = d.domain_id
JOIN text p ON p.id = d.previous
JOIN text c ON c.id = d.change;

-- view domain_dependencies: the source of one domain names something of another (bare includes and calls through pointers do not count), or a run saw it called
--   release: name of the release
--   from_domain: the domain that needs
--   to_domain: the domain that is needed
--   weight: sum of the weights between their files; 0 where only runs show it
--   observed_weight: calls seen in traced runs, those through pointers too; 0 until something was traced
--   symbols: number of different symbols used
CREATE VIEW domain_dependencies AS
SELECT r.name AS release,
  a.value AS from_domain,
  b.value AS to_domain,
  d.weight AS weight,
  d.observed AS observed_weight,
  d.symbols AS symbols
FROM release r
JOIN domain_dependency d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text a ON a.id = d.from_domain
JOIN text b ON b.id = d.to_domain;

-- view findings: one rule's verdict about one subject
--   release: name of the release
--   finding_id: its id
--   rule: id of the rule
--   severity: info, minor, major or critical
--   goal: scalability, resiliency, velocity, cloud-readiness or security
--   domain: the domain it is about
--   file: the file it is about
--   line: line of the evidence
--   subject: what it is about
--   message: what is wrong
--   effort_minutes: estimated minutes to mend it
--   fingerprint: the same finding in another release, whatever its line
CREATE VIEW findings AS
SELECT r.name AS release,
  f.id AS finding_id,
  ru.value AS rule,
  sv.value AS severity,
  go.value AS goal,
  dm.value AS domain,
  fi.value AS file,
  f.line AS line,
  su.value AS subject,
  me.value AS message,
  f.effort_minutes AS effort_minutes,
  fg.value AS fingerprint
FROM release r
JOIN finding f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
LEFT JOIN text ru ON ru.id = f.rule
LEFT JOIN text sv ON sv.id = f.severity
LEFT JOIN text go ON go.id = f.goal
LEFT JOIN text dm ON dm.id = f.domain
LEFT JOIN text fi ON fi.id = f.file
LEFT JOIN text su ON su.id = f.subject
LEFT JOIN text me ON me.id = f.message
LEFT JOIN text fg ON fg.id = f.fingerprint;

-- view tasks: findings put together into a piece of work
--   release: name of the release
--   task_key: its key, the same from release to release
--   title: what to do
--   priority: higher is sooner
--   goal: what it serves
--   domain: where
--   effort_minutes: estimate
--   findings: how many findings it settles
--   status: open, done (was there in a release before), reopened (was done and is back) or accepted
--   score_change: what the debt_score of the codebase changes by when it is done, computed on the graph; NULL: not known
CREATE VIEW tasks AS
SELECT r.name AS release,
  tk.value AS task_key,
  ti.value AS title,
  t.priority AS priority,
  go.value AS goal,
  dm.value AS domain,
  t.effort_minutes AS effort_minutes,
  t.findings AS findings,
  st.value AS status,
  t.score_change AS score_change
FROM release r
JOIN task t ON t.since <= r.number AND (t.until = 0 OR t.until >= r.number)
LEFT JOIN text tk ON tk.id = t.task_key
LEFT JOIN text ti ON ti.id = t.title
LEFT JOIN text go ON go.id = t.goal
LEFT JOIN text dm ON dm.id = t.domain
LEFT JOIN text st ON st.id = t.status;

-- view task_plans: why a task is worth doing, and how
--   release: name of the release
--   task_key: key of the task
--   rule: id of the rule that found it
--   why: why it matters for its goal
--   steps: what to do, one step a line
--   reason: why it was accepted; '' where it was not
CREATE VIEW task_plans AS
SELECT r.name AS release,
  tk.value AS task_key,
  ru.value AS rule,
  wy.value AS why,
  st.value AS steps,
  re.value AS reason
FROM release r
JOIN task t ON t.since <= r.number AND (t.until = 0 OR t.until >= r.number)
LEFT JOIN text tk ON tk.id = t.task_key
LEFT JOIN text ru ON ru.id = t.rule
LEFT JOIN text wy ON wy.id = t.why
LEFT JOIN text st ON st.id = t.steps
LEFT JOIN text re ON re.id = t.reason;

-- view task_findings: which findings a task settles
--   release: name of the release
--   task_key: key of the task
--   finding_id: id of the finding
--   fingerprint: its fingerprint
CREATE VIEW task_findings AS
SELECT r.name AS release,
  tk.value AS task_key,
  f.id AS finding_id,
  fg.value AS fingerprint
FROM release r
JOIN finding f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
JOIN text tk ON tk.id = f.task
LEFT JOIN text fg ON fg.id = f.fingerprint;

-- view metrics: one number about one subject; formulas: sightline debt --explain
--   release: name of the release
--   scope: codebase, domain, file or function
--   subject: its name; '' for the codebase
--   metric: which number
--   value: the number
CREATE VIEW metrics AS
SELECT r.name AS release,
  sc.value AS scope,
  su.value AS subject,
  me.value AS metric,
  m.value AS value
FROM release r
JOIN metric m ON m.since <= r.number AND (m.until = 0 OR m.until >= r.number)
JOIN text sc ON sc.id = m.scope
JOIN text su ON su.id = m.subject
JOIN text me ON me.id = m.metric
UNION ALL
SELECT r.name, sc.value, su.value, me.value, m.value
FROM release r
JOIN score m ON m.since <= r.number AND (m.until = 0 OR m.until >= r.number)
JOIN text sc ON sc.id = m.scope
JOIN text su ON su.id = m.subject
JOIN text me ON me.id = m.metric
UNION ALL
SELECT e.release, 'function', e.file || ':' || e.name, k.metric, CASE k.metric WHEN 'element_size' THEN e.element_size
  WHEN 'element_dependencies' THEN e.element_dependencies WHEN 'element_dependents' THEN e.element_dependents ELSE e.element_score END
FROM function_elements e
JOIN (SELECT 'element_size' AS metric UNION ALL SELECT 'element_dependencies' UNION ALL SELECT 'element_dependents'
  UNION ALL SELECT 'element_score') k;

-- view function_elements: how much debt a function is by its size, what it needs and who needs it, each 1 (little) to 10
--   release: name of the release
--   function_id: id of the function
--   name: linkage name
--   file: file of its definition
--   line: first line of its definition
--   domain: domain of its file
--   code_lines: lines of its body that hold code
--   dependencies: functions, variables, types, fields and macros that its source names
--   dependents: functions that call it: seen in traced runs where it was seen in one, else by name in the source
--   dependents_from: observed or static: where dependents comes from
--   element_size: 1 + 9 * ramp(ln(code_lines / 10) / ln(50)): 10 at 500 lines
--   element_dependencies: 1 + 9 * ramp(ln(dependencies / 10) / ln(20)): 10 at 200
--   element_dependents: 1 + 9 * ramp(ln(dependents / 3) / ln(30)): 10 at 90
--   element_score: mean of the three
CREATE VIEW function_elements AS
SELECT release, function_id, name, file, line, domain, code_lines, dependencies, dependents, dependents_from, element_size,
  element_dependencies, element_dependents, (element_size + element_dependencies + element_dependents) / 3 AS element_score
FROM (SELECT release, function_id, name, file, line, domain, code_lines, dependencies, dependents, dependents_from,
  1 + 9 * min(max(ln(max(code_lines, 1) / 10.0) / ln(50), 0), 1) AS element_size,
  1 + 9 * min(max(ln(max(dependencies, 1) / 10.0) / ln(20), 0), 1) AS element_dependencies,
  1 + 9 * min(max(ln(max(dependents, 1) / 3.0) / ln(30), 0), 1) AS element_dependents
FROM (SELECT r.name AS release, f.symbol AS function_id, s.name AS name, p.value AS file, f.line AS line, dt.value AS domain,
  f.code_lines AS code_lines, f.dependencies AS dependencies,
  CASE WHEN f.is_observed THEN f.observed_dependents ELSE f.dependents END AS dependents,
  CASE WHEN f.is_observed THEN 'observed' ELSE 'static' END AS dependents_from
FROM release r
JOIN function f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
JOIN symbol s ON s.id = f.symbol
JOIN text p ON p.id = f.file
LEFT JOIN file d ON d.path = f.file AND d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
LEFT JOIN text dt ON dt.id = d.domain
WHERE f.dependencies IS NOT NULL));

-- view changes: a commit of the last two years that changed a file of the release; files keep their commits through renames
--   release: name of the release
--   commit_id: the first 16 hex digits of its name
--   file: the file as it is called in the release
--   time: when it was committed: seconds since the epoch, UTC
--   age_years: (git_time of the release - time) / 365 days
--   author: a number that stands for who wrote it; says no more than that people differ
--   is_fix: 1: its message says that it mends something (fix, bug, crash, leak, ...)
--   files: C files that it changed in all; a commit that changes more than 100 is bulk and counts nowhere
--   lines_added: lines added to the file
--   lines_removed: lines removed from it
CREATE VIEW changes AS
SELECT r.name AS release,
  printf('%016x', c.change_id) AS commit_id,
  p.value AS file,
  c.time AS time,
  (r.git_time - c.time) / 31536000.0 AS age_years,
  c.author AS author,
  c.is_fix AS is_fix,
  c.files AS files,
  c.added AS lines_added,
  c.removed AS lines_removed
FROM release r
JOIN file_change c ON c.since <= r.number AND (c.until = 0 OR c.until >= r.number)
JOIN text p ON p.id = c.file;

-- view exclusivity: how much of something a domain has to itself
--   release: name of the release
--   domain: the domain
--   what: functions (called from no other domain), globals (accessed from no other), resources or tables (used by no other)
--   is_observed: 1: of what traced runs saw; 0: of what the source says
--   share: 0..1
--   band: high: above 0.66, medium, low: below 0.33
CREATE VIEW exclusivity AS
SELECT r.name AS release,
  su.value AS domain,
  CASE WHEN me.value LIKE '%globals%' THEN 'globals' WHEN me.value LIKE '%resources%' THEN 'resources'
    WHEN me.value LIKE '%tables%' THEN 'tables' ELSE 'functions' END AS what,
  me.value LIKE '%observed' AS is_observed,
  m.value AS share,
  CASE WHEN m.value > 0.66 THEN 'high' WHEN m.value < 0.33 THEN 'low' ELSE 'medium' END AS band
FROM release r
JOIN metric m ON m.since <= r.number AND (m.until = 0 OR m.until >= r.number)
JOIN text sc ON sc.id = m.scope AND sc.value = 'domain'
JOIN text su ON su.id = m.subject
JOIN text me ON me.id = m.metric AND me.value LIKE 'exclusivity%';

-- view layers: the level of a domain that its dependencies imply
--   release: name of the release
--   domain: the domain
--   level: one above the highest level that it depends on, upward dependencies left out; 0: there is none
--   upward: its dependencies that point upward, see upward_dependencies
CREATE VIEW layers AS
SELECT r.name AS release,
  su.value AS domain,
  CAST(m.value AS INTEGER) AS level,
  CAST(u.value AS INTEGER) AS upward
FROM release r
JOIN metric m ON m.since <= r.number AND (m.until = 0 OR m.until >= r.number)
JOIN text me ON me.id = m.metric AND me.value = 'level'
JOIN text sc ON sc.id = m.scope AND sc.value = 'domain'
JOIN text su ON su.id = m.subject
JOIN text ue ON ue.value = 'upward_dependencies'
JOIN metric u ON u.metric = ue.id AND u.scope = m.scope AND u.subject = m.subject AND u.since <= r.number
  AND (u.until = 0 OR u.until >= r.number);

-- view upward_dependencies: a dependency that has to point upward because it closes a cycle of domains; those with the least weight in all are told
--   release: name of the release
--   from_domain: the domain that needs
--   from_level: its level
--   to_domain: the domain that is needed
--   to_level: its level
--   weight: as in domain_dependencies
--   symbols: number of different symbols used
CREATE VIEW upward_dependencies AS
SELECT d.release AS release,
  d.from_domain AS from_domain,
  a.level AS from_level,
  d.to_domain AS to_domain,
  b.level AS to_level,
  d.weight AS weight,
  d.symbols AS symbols
FROM domain_dependencies d
JOIN layers a ON a.release = d.release AND a.domain = d.from_domain
JOIN layers b ON b.release = d.release AND b.domain = d.to_domain
WHERE d.weight > 0 AND a.level < b.level;

-- view events: one change of architecture between two releases: of each release and the one before it, and of what 'sightline drift' was asked for
--   from_release: the older release
--   to_release: the newer release
--   kind: what changed: domain_added, dependency_added, cycle_grown, api_breaking ...; see sightline drift --help
--   severity: info, minor, major or critical
--   subject: what it is about
--   detail: how it changed
--   file: where; NULL where it is in no one file
--   line: line; NULL or 0 where it is not known
--   fingerprint: what a baseline accepts it by: no line, no count is in it
--   is_improvement: 1: the codebase is better for it
CREATE VIEW events AS
SELECT a.name AS from_release,
  b.name AS to_release,
  e.kind AS kind,
  e.severity AS severity,
  e.subject AS subject,
  e.detail AS detail,
  e.file AS file,
  e.line AS line,
  e.fingerprint AS fingerprint,
  e.is_improvement AS is_improvement
FROM event e
JOIN release a ON a.number = e.from_release
JOIN release b ON b.number = e.to_release;

-- view event_places: where an event comes from, at most 20 places each
--   from_release: the older release
--   to_release: the newer release
--   kind: kind of the event
--   subject: subject of the event
--   fingerprint: fingerprint of the event
--   symbol: what is named there, or what the place is about
--   user: the function that names it; '' where it is none
--   file: where
--   line: line; 0 where it is not known
CREATE VIEW event_places AS
SELECT a.name AS from_release,
  b.name AS to_release,
  e.kind AS kind,
  e.subject AS subject,
  e.fingerprint AS fingerprint,
  p.symbol AS symbol,
  p.user AS user,
  p.file AS file,
  p.line AS line
FROM event_place p
JOIN event e ON e.id = p.event
JOIN release a ON a.number = e.from_release
JOIN release b ON b.number = e.to_release;

-- view public_headers: headers that are taken as the codebase's API (api: in sightline.yaml overrides them when releases are compared)
--   release: name of the release
--   file: the header
--   reason: installed: a build file installs it; include: it lies below a folder include, and no build file says otherwise of that
--   said_in: the build file that says so; '' where none does
--   line: its line; 0
CREATE VIEW public_headers AS
SELECT r.name AS release,
  p.value AS file,
  w.value AS reason,
  s.value AS said_in,
  h.line AS line
FROM release r
JOIN public_header h ON h.since <= r.number AND (h.until = 0 OR h.until >= r.number)
JOIN text p ON p.id = h.file
JOIN text w ON w.id = h.reason
JOIN text s ON s.id = h.said_in;

-- view coverage: how much of something was seen
--   release: name of the release
--   what: units parsed, functions observed, ...
--   seen: how many were seen
--   total: out of how many
CREATE VIEW coverage AS
SELECT r.name AS release,
  w.value AS what,
  c.seen AS seen,
  c.total AS total
FROM release r
JOIN coverage_row c ON c.since <= r.number AND (c.until = 0 OR c.until >= r.number)
JOIN text w ON w.id = c.what;

-- view regions: lines that every configuration leaves out
--   release: name of the release
--   file: the file
--   line: first line left out
--   end_line: last line left out
--   condition: the directive that leaves them out
CREATE VIEW regions AS
SELECT r.name AS release,
  p.value AS file,
  g.line AS line,
  g.end_line AS end_line,
  c.value AS condition
FROM release r
JOIN region g ON g.since <= r.number AND (g.until = 0 OR g.until >= r.number)
JOIN text p ON p.id = g.file
JOIN text c ON c.id = g.condition;

-- view policies: a declared rule about dependencies between two domains; the most specific one counts, * is any
--   release: name of the release
--   from_domain: domain, or * for any
--   to_domain: domain, or * for any
--   verdict: allow or forbid
CREATE VIEW policies AS
SELECT r.name AS release,
  a.value AS from_domain,
  b.value AS to_domain,
  v.value AS verdict
FROM release r
JOIN policy d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN text a ON a.id = d.from_domain
JOIN text b ON b.id = d.to_domain
JOIN text v ON v.id = d.verdict;

-- view literals: a string literal given to a function from outside the codebase, or held by what may be a secret by its name or text
--   release: name of the release
--   caller_id: function_id of the caller; variable_id: its initialiser; NULL: another one
--   caller: its name
--   file: file of its definition
--   callee: the function that is given it; or the variable or field that holds it or is compared with it, or the function whose local one does
--   argument: position, from 0; NULL: it is held or compared
--   text: the literal, at most 256 bytes, escapes as written
--   line: first place
CREATE VIEW literals AS
SELECT r.name AS release,
  l.caller AS caller_id,
  a.name AS caller,
  p.value AS file,
  b.name AS callee,
  nullif(l.argument, 255) AS argument,
  v.value AS text,
  l.line AS line
FROM release r
JOIN literal l ON l.since <= r.number AND (l.until = 0 OR l.until >= r.number)
JOIN symbol b ON b.id = l.callee
JOIN text v ON v.id = l.value
LEFT JOIN symbol a ON a.id = l.caller
LEFT JOIN function f ON f.symbol = l.caller AND f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
LEFT JOIN variable g ON g.symbol = l.caller AND g.since <= r.number AND (g.until = 0 OR g.until >= r.number)
LEFT JOIN text p ON p.id = coalesce(f.file, g.file);

-- view constants: an integer constant given to one of some functions from outside (modes, options, signals, ports)
--   release: name of the release
--   caller_id: function_id of the caller
--   caller: its name
--   file: file of its definition
--   callee: the function that is given it
--   argument: position, from 0
--   value: the constant
--   line: first place
CREATE VIEW constants AS
SELECT r.name AS release,
  l.caller AS caller_id,
  a.name AS caller,
  p.value AS file,
  b.name AS callee,
  l.argument AS argument,
  l.value AS value,
  l.line AS line
FROM release r
JOIN constant l ON l.since <= r.number AND (l.until = 0 OR l.until >= r.number)
JOIN symbol b ON b.id = l.callee
JOIN symbol a ON a.id = l.caller
LEFT JOIN function f ON f.symbol = l.caller AND f.since <= r.number AND (f.until = 0 OR f.until >= r.number)
LEFT JOIN text p ON p.id = f.file;

-- view call_sites: how a function calls one from outside the codebase, or any one while it holds a lock; a row per (caller, callee, answers)
--   release: name of the release
--   caller_id: function_id of the caller
--   caller: its name
--   file: file in which the calls stand
--   callee_id: id of what is called, as in calls
--   callee: its name
--   sites: number of such calls
--   line: the first
--   is_ignored: 1: it gives a result, which the statement throws away without a cast to void
--   is_untested: 1: the result goes into an automatic variable that no condition looks at and that does not leave the function
--   in_loop: 1: within a loop
--   in_loop_condition: 1: its result is compared with something at every turn of a loop, as the loop's condition
--   ends_in_literal: 1: its last argument is a string literal or a choice of such
--   is_format_built: 1: printf and the like: the format is data, neither a literal nor a parameter nor the result of a call
--   is_under_lock: 1: after a lock was taken in a block around it, and before it is given back or might be
--   is_leaked: 1: opens a descriptor or stream that the function only reads, writes and tests, and never closes or hands on
--   overwrites_argument: 1: p = realloc(p, n)
CREATE VIEW call_sites AS
SELECT r.name AS release,
  o.caller AS caller_id,
  a.name AS caller,
  p.value AS file,
  o.callee AS callee_id,
  b.name AS callee,
  o.sites AS sites,
  o.line AS line,
  (o.flags & 1) <> 0 AS is_ignored,
  (o.flags & 2) <> 0 AS is_untested,
  (o.flags & 4) <> 0 AS in_loop,
  (o.flags & 8) <> 0 AS in_loop_condition,
  (o.flags & 16) <> 0 AS ends_in_literal,
  (o.flags & 32) <> 0 AS is_format_built,
  (o.flags & 64) <> 0 AS is_under_lock,
  (o.flags & 128) <> 0 AS is_leaked,
  (o.flags & 256) <> 0 AS overwrites_argument
FROM release r
JOIN outcall o ON o.since <= r.number AND (o.until = 0 OR o.until >= r.number)
JOIN symbol a ON a.id = o.caller
JOIN symbol b ON b.id = o.callee
JOIN text p ON p.id = o.file;

-- view declarations: where a function or variable is declared or defined
--   release: name of the release
--   symbol_id: its id: function_id or variable_id where the codebase defines it
--   name: its name
--   kind: function or variable
--   file: file of the declaration
--   line: its line
--   is_definition: 1: this is the definition
CREATE VIEW declarations AS
SELECT r.name AS release,
  d.symbol AS symbol_id,
  s.name AS name,
  CASE s.kind WHEN 1 THEN 'function' ELSE 'variable' END AS kind,
  p.value AS file,
  d.line AS line,
  d.is_definition AS is_definition
FROM release r
JOIN declaration d ON d.since <= r.number AND (d.until = 0 OR d.until >= r.number)
JOIN symbol s ON s.id = d.symbol
JOIN text p ON p.id = d.file;

-- view cycles: files or domains that need each other in a circle, by what their source names; foo.c stands for foo.c and foo.h
--   release: name of the release
--   scope: file or domain
--   cycle: name of the circle: its first member
--   member: one that is in it
CREATE VIEW cycles AS
SELECT r.name AS release,
  s.value AS scope,
  c.value AS cycle,
  m.value AS member
FROM release r
JOIN cycle_member y ON y.since <= r.number AND (y.until = 0 OR y.until >= r.number)
JOIN text s ON s.id = y.scope
JOIN text c ON c.id = y.cycle
JOIN text m ON m.id = y.member;

-- view cycle_cuts: the dependencies to cut so that no circle is left, at the least cost
--   release: name of the release
--   scope: file or domain
--   cycle: name of the circle, as in cycles
--   from_name: the one that needs
--   to_name: the one that is needed
--   cost: weight of the dependency: how many places name something of it
--   line: files: the first of them; 0 where it is not known
--   symbol: files: what is named there; '' where it is not known
CREATE VIEW cycle_cuts AS
SELECT r.name AS release,
  s.value AS scope,
  c.value AS cycle,
  a.value AS from_name,
  b.value AS to_name,
  y.cost AS cost,
  y.line AS line,
  e.value AS symbol
FROM release r
JOIN cycle_cut y ON y.since <= r.number AND (y.until = 0 OR y.until >= r.number)
JOIN text e ON e.id = y.symbol
JOIN text s ON s.id = y.scope
JOIN text c ON c.id = y.cycle
JOIN text a ON a.id = y.from_member
JOIN text b ON b.id = y.to_member;

-- view header_costs: what a header brings along
--   release: name of the release
--   file: the header
--   lines: lines of code of it and of every file of the codebase that it includes, directly or not
--   units: units' main files that include it, directly or not
CREATE VIEW header_costs AS
SELECT r.name AS release,
  p.value AS file,
  h.lines AS lines,
  h.units AS units
FROM release r
JOIN header_cost h ON h.since <= r.number AND (h.until = 0 OR h.until >= r.number)
JOIN text p ON p.id = h.file;

-- view call_counts: direct calls of a function within the codebase, counted; a row for each function that has some
--   release: name of the release
--   function_id: the function
--   callers: different functions that call it
--   caller_files: different files that these are in
--   caller_domains: different domains that these are in
--   callees: different functions of the codebase that it calls
--   callees_at_home: those of them in its own file
CREATE VIEW call_counts AS
SELECT r.name AS release,
  f.symbol AS function_id,
  f.callers AS callers,
  f.caller_files AS caller_files,
  f.caller_domains AS caller_domains,
  f.callees AS callees,
  f.callees_at_home AS callees_at_home
FROM release r
JOIN call_count f ON f.since <= r.number AND (f.until = 0 OR f.until >= r.number);

-- view struct_uses: how far a domain reaches into structs of a name
--   release: name of the release
--   struct: name of the struct or union
--   domain: domain of the files that name its fields
--   fields: different fields that they name
--   sites: in so many places
CREATE VIEW struct_uses AS
SELECT r.name AS release,
  n.value AS struct,
  d.value AS domain,
  s.fields AS fields,
  s.sites AS sites
FROM release r
JOIN struct_use s ON s.since <= r.number AND (s.until = 0 OR s.until >= r.number)
JOIN text n ON n.id = s.name
JOIN text d ON d.id = s.domain;
