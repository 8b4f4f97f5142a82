# A server's life: commands of every type, scripts, saving in the background, shutdown; then the saved data read again.
set -e
server() { $RUN /usr/bin/redis-server --port 0 --unixsocket "$PWD/s" --dir "$PWD" --save '' --daemonize no --logfile log "$@" & pid=$!
	for _ in $(seq 200); do redis-cli -s s ping >/dev/null 2>&1 && return; sleep 0.05; done; echo "no server"; exit 1; }
cli() { redis-cli -s s "$@"; }
server
seq 1 2000 | sed 's/.*/SET k& v&/' | cli | sort | uniq -c
seq 1 500 | sed 's/.*/ZADD z & m&/' | cli | tail -1
seq 1 500 | sed 's/.*/HSET h f& &/' | cli | tail -1
cli LPUSH l a b c d >/dev/null; cli SADD s x y z >/dev/null; cli XADD st 1-1 a b; cli PFADD p a b c; cli SETBIT bits 1000 1
cli EVAL 'local s = 0 for i = 1, 2000 do s = s + #redis.call("GET", "k" .. i) end return s' 0
cli EVAL 'return redis.pcall("nope").err' 0
cli EVAL 'error("boom")' 0 2>&1 | head -c 30; echo
cli ZRANGEBYSCORE z 10 14; cli ZRANK z m77; cli HGET h f9; cli LRANGE l 0 -1; cli SORT l ALPHA DESC; cli PFCOUNT p; cli BITCOUNT bits
cli OBJECT ENCODING z; cli GEOADD g 13.36 38.11 a 15.08 37.5 b; cli GEODIST g a b; cli XRANGE st - +
cli SET e 1 PX 1 >/dev/null; sleep 0.05; cli EXISTS e
redis-benchmark -s s -n 3000 -c 10 -q -t set,get,incr,lpush,rpop,sadd,hset,spop,zadd,lrange_100,mset >/dev/null && cli FLUSHALL
seq 1 2000 | sed 's/.*/SET k& v&/' | cli | sort | uniq -c
cli BGSAVE >/dev/null; for _ in $(seq 100); do cli INFO persistence | grep -q 'rdb_bgsave_in_progress:0' && break; sleep 0.05; done
cli INFO persistence | grep -o 'rdb_last_bgsave_status:[a-z]*'
cli DEBUG SLEEP 0 2>&1 | head -1; cli MULTI >/dev/null; cli DBSIZE; cli MEMORY USAGE k1 | head -1; cli SAVE
timeout 10 redis-cli -s s SHUTDOWN NOSAVE || kill $pid
wait $pid; echo "exit $?"
server; cli DBSIZE; cli GET k1999; kill -TERM $pid; wait $pid && echo "exit $?" || echo "exit $?"
server; kill -SEGV $pid; set +e; wait $pid 2>/dev/null; echo "exit $?"; grep -c 'crashed by signal: 11' log
