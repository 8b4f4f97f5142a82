#!/bin/bash
# models.sh FOLDER [PACKAGE...]: fetches Debian sources (default: bash libxml2 tmux openvpn) and scans each, without building
# it, into FOLDER/PACKAGE.db, for compare.py. Needs no root: apt reads lists of its own. xen and u-boot may be named, too; the
# figures of docs/domains.md are of their x86 and sandbox builds, and a scan without a build reads all architectures. A package
# without references/PACKAGE.parts or MAINTAINERS (busybox, nginx, unbound, weechat, zsh) is compared with its own folders, hidden.
set -euo pipefail
folder=$(realpath -m "${1:?models.sh FOLDER [PACKAGE...]}")
shift
here=$(dirname "$(realpath "$0")")
[ $# -gt 0 ] || set -- bash libxml2 tmux openvpn
mkdir -p "$folder"
. "$here/../../programs/debian_source.sh"

for package; do
	[ -d "$folder/$package" ] || debian_source "$folder/apt" "$package" "$folder/$package"
	"$here/../../../build/sightline" scan "$folder/$package" --quiet --no-history --fresh --db "$folder/$package.db"
	reference=$folder/$package/MAINTAINERS
	[ -f "$reference" ] || reference=folders
	[ -f "$here/references/$package.parts" ] && reference=$here/references/$package.parts
	echo "$package=$folder/$package.db=$reference"
done
