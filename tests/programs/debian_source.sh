# Sourced: fetching of Debian's sources without root, by lists of apt's own.

# debian_source APT_FOLDER PACKAGE TARGET: unpacks the package's newest source that can be had as the folder TARGET, all of it or none.
# APT_FOLDER, whose parent is the scratch space, keeps the lists of whatever Debian archive this machine uses.
debian_source()
(
	apt_folder=$1 package=$2 target=$3
	own_lists=(-o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt_folder/parts"
		-o "Dir::State::lists=$apt_folder/lists" -o "Dir::Cache=$apt_folder" -o APT::Sandbox::User= -o Debug::NoLocking=1)
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
	scratch=$(mktemp -d "$(dirname "$apt_folder")/fetch.XXXXXX")
	trap 'rm -rf "$scratch"' EXIT
	# Lists may be of an update that was cut short, or name what is no longer there: then they are read anew, once.
	for lists in kept new; do
		if [ "$lists" = new ] || ! ls "$apt_folder"/lists/*Sources* >/dev/null 2>&1; then
			apt-get "${own_lists[@]}" update -qq >>"$scratch/fetch.log" 2>&1 || true
		fi
		# Newest first; not every mirror has the security archive's.
		versions=$(apt-cache "${own_lists[@]}" showsrc "$package" 2>>"$scratch/fetch.log" | sed -n 's/^Version: //p' | sort -Vru) || true
		for version in $versions; do
			(cd "$scratch" && apt-get "${own_lists[@]}" source -qq "$package=$version" >>fetch.log 2>&1) && break 2
		done
	done
	if ! ls -d "$scratch"/*/ >/dev/null 2>&1; then
		cat "$scratch/fetch.log" >&2
		echo "$0: Debian's source package $package cannot be fetched" >&2
		exit 1
	fi
	mkdir -p "$(dirname "$target")"
	mv "$scratch"/*/ "$target"
)
