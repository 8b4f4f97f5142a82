# A master with two workers: files, ranges, errors, reload, quit.
mkdir -p html logs tmp; seq 1 5000 >html/numbers.txt; echo index >html/index.html
cat >nginx.conf <<END
worker_processes 2; pid $PWD/pid; error_log $PWD/error.log; daemon off;
events { worker_connections 64; }
http { access_log off; client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
 server { listen unix:$PWD/s; root $PWD/html; gzip on; gzip_types text/plain;
  location /old { return 301 /new; } location ~ ^/re/(\\d+)$ { return 200 "number \$1"; } location /deny { deny all; } } }
END
user=; [ "$(id -u)" = 0 ] && user='user root;'
$RUN /usr/sbin/nginx -p "$PWD" -c "$PWD/nginx.conf" -g "$user" & pid=$!
get() { curl -s --unix-socket s "$@"; }
for _ in $(seq 100); do get http://x/ >/dev/null && break; sleep 0.05; done
get http://x/; get http://x/numbers.txt | md5sum; get --compressed -H 'Accept-Encoding: gzip' http://x/numbers.txt | md5sum
get -r 100-200 http://x/numbers.txt; get -o /dev/null -w '%{http_code}\n' http://x/none; get -o /dev/null -w '%{http_code}\n' http://x/old
get http://x/re/42; echo; get -o /dev/null -w '%{http_code}\n' http://x/deny
for _ in $(seq 50); do get http://x/numbers.txt; done | md5sum
kill -HUP $pid; sleep 0.3; get http://x/re/7; echo
kill -QUIT $pid; wait $pid; echo "exit $?"; grep -c alert error.log
