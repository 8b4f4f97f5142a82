#!/bin/bash
# models.sh FOLDER [NAME...]: fetches Debian sources (default: bash libxml2 tmux openvpn) and scans each, without building
# it, into FOLDER/NAME.db, for compare.py. Needs no root: apt reads lists of its own. A name is a package, or one of the parts of large ones
# below. xen and u-boot may be named, too; the figures of docs/domains.md are of their x86 and sandbox builds, and a scan without a build reads
# all architectures. What lies in FOLDER/NAME already, as a clone does, is not fetched. A name without references/NAME.parts or
# MAINTAINERS (busybox, nginx, unbound, weechat, zsh) is compared with its own folders, hidden.
set -euo pipefail
folder=$(realpath -m "${1:?models.sh FOLDER [NAME...]}")
shift
here=$(dirname "$(realpath "$0")")
[ $# -gt 0 ] || set -- bash libxml2 tmux openvpn
mkdir -p "$folder"
. "$here/../../programs/debian_source.sh"

# part_of NAME: the package, and what of it to keep, where the whole is too much to scan.
part_of()
{
	case $1 in
	dpdk) echo dpdk MAINTAINERS app lib ;;
	kernel) echo linux MAINTAINERS block crypto init io_uring ipc kernel mm security 'include/linux/*.h' ;;
	net) echo linux MAINTAINERS net include/net ;;
	qemu) echo qemu MAINTAINERS accel audio authz backends block chardev crypto dump gdbstub io migration monitor nbd net qapi \
		qobject qom replay scsi softmmu tcg ui util 'include/*.h' \
		include/{authz,block,chardev,crypto,exec,io,migration,monitor,net,qapi,qemu,qom,scsi,sysemu,tcg,ui,user} ;;
	*) echo "$1" ;;
	esac
}

# fetch NAME: FOLDER/NAME, whole or not at all.
fetch()
{
	local package kept
	read -r package kept <<<"$(part_of "$1")"
	if [ -z "$kept" ]; then
		debian_source "$folder/apt" "$package" "$folder/$1"
		return
	fi
	debian_source "$folder/apt" "$package" "$folder/$1.whole"
	mkdir "$folder/$1.part"
	# shellcheck disable=SC2086 # a list of patterns
	(cd "$folder/$1.whole" && cp -r --parents $kept "$folder/$1.part")
	rm -rf "$folder/$1.whole"
	mv "$folder/$1.part" "$folder/$1"
}

for name; do
	[ -d "$folder/$name" ] || fetch "$name"
	"$here/../../../build/sightline" scan "$folder/$name" --quiet --no-history --fresh --db "$folder/$name.db"
	reference=folders
	for file in "$folder/$name/docs/about/maintainers.rst" "$folder/$name/MAINTAINERS" "$here/references/$name.parts"; do
		[ ! -f "$file" ] || reference=$file
	done
	echo "$name=$folder/$name.db=$reference"
done
