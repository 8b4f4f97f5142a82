#!/bin/bash
# build.sh NAME: fetches the Debian source of a real program and builds it with compile_commands.json and
# -O0 -g -fno-inline, once, under $SIGHTLINE_CACHE/programs/NAME. Needs no root: apt reads lists of its own.
set -euo pipefail
name=$1
cache=${SIGHTLINE_CACHE:-$HOME/.cache/sightline}
folder=$cache/programs/$name
flags="-O0 -g -fno-inline"
[ -f "$folder/.built" ] && exit 0

case $name in
lua) package=lua5.4 ;;
lua53) package=lua5.3 ;;
*) package=$name ;;
esac

# deb-src entries for whatever Debian archive this machine uses.
apt_folder=$cache/apt
if [ ! -f "$apt_folder/ready" ]; then
	mkdir -p "$apt_folder/parts" "$apt_folder/lists/partial" "$apt_folder/archives/partial"
	for file in /etc/apt/sources.list.d/*.sources; do
		[ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt_folder/parts/$(basename "$file")"
	done
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ -f "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >"$apt_folder/parts/$(basename "$file" .list).list"
	done
	touch "$apt_folder/ready"
fi
own_lists=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt_folder/parts"
	-o "Dir::State::lists=$apt_folder/lists" -o "Dir::Cache=$apt_folder" -o APT::Sandbox::User= -o Debug::NoLocking=1)

if [ ! -d "$folder" ]; then
	echo "fetching $package"
	ls "$apt_folder"/lists/*Sources* >/dev/null 2>&1 || apt-get "${own_lists[@]}" update -qq
	scratch=$(mktemp -d "$cache/fetch.XXXXXX")
	# Newest first; not every mirror has the security archive's.
	versions=$(apt-cache "${own_lists[@]}" showsrc "$package" | sed -n 's/^Version: //p' | sort -Vru)
	for version in $versions; do
		(cd "$scratch" && apt-get "${own_lists[@]}" source -qq "$package=$version" >>fetch.log 2>&1) && break
	done
	ls -d "$scratch"/*/ >/dev/null 2>&1 || { cat "$scratch/fetch.log"; exit 1; }
	mkdir -p "$cache/programs"
	mv "$scratch"/*/ "$folder"
	rm -rf "$scratch"
fi

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
*)
	echo "build.sh: no recipe for \"$name\"" >&2
	exit 2
	;;
esac
touch .built
