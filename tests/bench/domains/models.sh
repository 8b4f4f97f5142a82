#!/bin/bash
# models.sh FOLDER [PACKAGE...]: fetches Debian sources (default: bash libxml2 tmux openvpn) and scans each, without building
# it, into FOLDER/PACKAGE.db, for compare.py. Needs no root: apt reads lists of its own. xen and u-boot may be named, too; the
# figures of docs/domains.md are of their x86 and sandbox builds, and a scan without a build reads all architectures.
set -euo pipefail
folder=$(realpath -m "${1:?models.sh FOLDER [PACKAGE...]}")
shift
here=$(dirname "$(realpath "$0")")
[ $# -gt 0 ] || set -- bash libxml2 tmux openvpn
apt_folder=$folder/apt
mkdir -p "$apt_folder/parts" "$apt_folder/lists/partial" "$apt_folder/archives/partial"
for file in /etc/apt/sources.list.d/*.sources; do
	[ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt_folder/parts/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ -f "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >"$apt_folder/parts/$(basename "$file" .list).list"
done
own_lists=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt_folder/parts"
	-o "Dir::State::lists=$apt_folder/lists" -o "Dir::Cache=$apt_folder" -o APT::Sandbox::User= -o Debug::NoLocking=1)
ls "$apt_folder"/lists/*Sources* >/dev/null 2>&1 || apt-get "${own_lists[@]}" update -qq

for package; do
	if [ ! -d "$folder/$package" ]; then
		scratch=$(mktemp -d "$folder/fetch.XXXXXX")
		# Newest first; not every mirror has the security archive's.
		versions=$(apt-cache "${own_lists[@]}" showsrc "$package" | sed -n 's/^Version: //p' | sort -Vru)
		for version in $versions; do
			(cd "$scratch" && apt-get "${own_lists[@]}" source -qq "$package=$version" >fetch.log 2>&1) && break
		done
		ls -d "$scratch"/*/ >/dev/null 2>&1 || { cat "$scratch/fetch.log"; exit 1; }
		mv "$scratch"/*/ "$folder/$package"
		rm -rf "$scratch"
	fi
	"$here/../../../build/sightline" scan "$folder/$package" --quiet --no-history --fresh --db "$folder/$package.db"
	reference=$folder/$package/MAINTAINERS
	[ -f "$here/references/$package.parts" ] && reference=$here/references/$package.parts
	echo "$package=$folder/$package.db=$reference"
done
