# initdb, a server, work, a crash of one backend, shutdown. As an ordinary user: the server refuses root.
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
run() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; else "$@"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$PWD"
export LC_ALL=C TZ=UTC
run $RUN "$bin/initdb" -D "$PWD/d" -A trust -U u --no-sync >/dev/null 2>err || { cat err; exit 1; }
echo "initdb done"
run $RUN "$bin/postgres" -D "$PWD/d" -k "$PWD" -c listen_addresses= -c fsync=off >log 2>&1 & pid=$!
sql() { run "$bin/psql" -h "$PWD" -U u -At postgres "$@"; }
for _ in $(seq 200); do sql -c 'select 1' >/dev/null 2>&1 && break; sleep 0.1; done
sql <<'END'
create table t(a int primary key, b text, c numeric);
insert into t select i, md5(i::text), i * 1.5 from generate_series(1, 20000) i;
create index on t(b); analyze t;
select count(*), sum(c), min(b), max(b) from t;
select a % 7 m, avg(c)::numeric(12,3), count(*) from t group by 1 order by 1;
with recursive f(a, b, n) as (values (0::numeric, 1::numeric, 1) union all select b, a + b, n + 1 from f where n < 100) select max(a) from f;
select count(*) from t x join t y on x.a = y.a + 1 where x.b < y.b;
do $$ declare i int; begin for i in 1..500 loop begin insert into t values (i, '', 0); exception when unique_violation then null; end; end loop; end $$;
select 1 / 0;
select jsonb_path_query('{"a":[1,2,3]}', '$.a[*] ? (@ > 1)');
begin; delete from t; rollback; select count(*) from t;
create function f(int) returns int language plpgsql as 'begin return case when $1 < 2 then $1 else f($1 - 1) + f($1 - 2) end; end';
select f(15);
END
run "$bin/pg_ctl" -D "$PWD/d" -s -m fast stop; wait $pid; echo "exit $?"
