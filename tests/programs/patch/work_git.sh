# A day with git, reproducibly: fixed names, dates and contents. Runs in an empty folder.
set -e
git() { $RUN /usr/bin/git "$@"; }
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
export GIT_AUTHOR_DATE='2001-02-03T04:05:06Z' GIT_COMMITTER_DATE='2001-02-03T04:05:06Z' HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat
git config --global pack.threads 1 # several share the search for deltas as they happen to run
git init -q -b main r
cd r
for i in $(seq 1 "${COMMITS:-25}"); do
	for f in 1 2 3; do seq $i $((i * f + 20)) >f$f.txt; done
	git add -A && git commit -q -m "commit $i"
done
git checkout -q -b side HEAD~5 && echo side >side.txt && git add . && git commit -q -m side
git merge -q -m merged main && git log --oneline --graph | head -40
git checkout -q main && git rebase -q side && git cherry-pick -n HEAD~2 || true
git reset -q --hard && git tag -a v1 -m v1 && git describe
git log -p --stat -M | git hash-object --stdin
git blame f1.txt | tail -3
git grep -n 12 | head -5
git diff HEAD~3 --word-diff | git hash-object --stdin
git stash list; echo change >>f1.txt && git stash -q && git stash pop -q && git diff --stat
git bisect start HEAD HEAD~10 >/dev/null && git bisect run sh -c 'test $(wc -l <f1.txt) -lt 40' | tail -2; git bisect reset >/dev/null 2>&1
git checkout -q -f main && git format-patch -q -3 -o ../p && git reset -q --hard HEAD~3 && git am -q ../p/* && git rev-parse HEAD
git repack -adq && git gc -q && git fsck --full 2>&1 && git count-objects | head -1
git clone -q . ../c && cd ../c && git log --format=%H | git hash-object --stdin && git archive HEAD | git hash-object --stdin
git worktree add -q ../w HEAD~1 && git -C ../w status --short && git submodule status
git rev-list --objects --all | git pack-objects --stdout -q | wc -c
git no-such-command 2>&1 | head -1
