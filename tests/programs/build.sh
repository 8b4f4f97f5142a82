#!/bin/bash
# build.sh NAME: fetches the Debian source of a real program and builds it with compile_commands.json and
# -O0 -g -fno-inline, once, under $SIGHTLINE_CACHE/programs/NAME. Needs no root: apt reads lists of its own.
set -euo pipefail
. "$(dirname "$(realpath "$0")")/debian_source.sh"
name=$1
cache=${SIGHTLINE_CACHE:-$HOME/.cache/sightline}
folder=$cache/programs/$name
flags="-O0 -g -fno-inline"
[ -f "$folder/.built" ] && exit 0
# One at a time, and what was cut short begins anew: a build that goes on would record the rest of its commands only.
mkdir -p "$cache"
exec 9>"$cache/$name.lock"
flock 9
[ -f "$folder/.built" ] && exit 0
rm -rf "$folder"

case $name in
lua) package=lua5.4 ;;
lua53) package=lua5.3 ;;
*) package=$name ;;
esac

echo "fetching $package"
debian_source "$cache/apt" "$package" "$folder"

echo "building $name"
cd "$folder"
log=$cache/$name.log
case $name in
lua | lua53)
	# Debian's patch makes the makefile use libtool, whose wrapper hides what is compiled.
	echo '#define DEB_HOST_MULTIARCH "x86_64-linux-gnu"' >src/$package-deb-multiarch.h
	options="-DLUA_COMPAT_5_3 -DLUA_USE_LINUX"
	# What LUA_USE_LINUX means in 5.3, without readline.
	[ "$name" = lua53 ] && options="-DLUA_COMPAT_5_2 -DLUA_USE_POSIX -DLUA_USE_DLOPEN"
	cat >build-it <<-END
		set -e
		cd src
		for f in *.c; do gcc $flags -Wall $options -c \$f; done
		library=\$(ls *.o | grep -vx -e lua.o -e luac.o)
		gcc -o lua lua.o \$library -Wl,-E -ldl -lm
		gcc -o luac luac.o \$library -ldl -lm
	END
	bear -- sh build-it >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
redis)
	bear -- make -j2 MALLOC=libc USE_SYSTEMD=no OPTIMIZATION="-O0 -fno-inline" CFLAGS="$flags" REDIS_CFLAGS="$flags" all \
		>"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
git)
	bear -- make -j2 CFLAGS="$flags" NO_TCLTK=1 NO_PERL=1 NO_PYTHON=1 all >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
sqlite3)
	(./configure --disable-tcl --disable-readline CFLAGS="$flags" && bear -- make -j2 sqlite3.c sqlite3.lo shell.c) \
		>"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
zlib)
	(CFLAGS="$flags" ./configure --static && bear -- make -j2 libz.a) >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
curl)
	(autoreconf -fi && ./configure --with-openssl --without-libpsl --disable-shared CFLAGS="$flags" && bear -- make -j2) \
		>"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
jq)
	(autoreconf -fi && ./configure --disable-maintainer-mode --disable-shared --disable-docs CFLAGS="$flags" && bear -- make -j2) \
		>"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
nginx)
	# With the modules that Debian takes too, as far as they need no further library.
	(./configure --with-cc-opt="$flags" --with-http_ssl_module --with-http_v2_module --with-http_sub_module --with-stream \
		--with-mail --with-threads && bear -- make -j2) \
		>"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
libzstd)
	bear -- make -j2 CFLAGS="$flags" zstd >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
	;;
expat) ;; # history.py needs the sources alone
*)
	echo "build.sh: no recipe for \"$name\"" >&2
	exit 2
	;;
esac
touch .built
