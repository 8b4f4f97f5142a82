# bash itself: functions, arrays, traps, subshells, expansions.
fact() { local n=$1; if ((n < 2)); then echo 1; else echo $((n * $(fact $((n - 1))))); fi; }
fact 12
declare -A seen
for w in a b c a b a; do ((seen[$w]++)); done
for k in a b c; do echo "$k ${seen[$k]}"; done
trap 'echo trapped' USR1
kill -USR1 $$
x="Hello, World"; echo "${x,,} ${x^^} ${x//o/0} ${#x} ${x:3:4}"
printf '%s\n' {1..5}{a,b} | sort -r | head -3
while read -r a b; do echo "$b-$a"; done <<<$'1 2\n3 4'
(exit 3) || echo "status $?"
coproc cat; echo hi >&"${COPROC[1]}"; exec {COPROC[1]}>&-; cat <&"${COPROC[0]}"; wait
for ((i = 0; i < 3000; i++)); do s+=$((i % 10)); done; echo "${#s} ${s: -5}"
[[ foo123 =~ ([a-z]+)([0-9]+) ]] && echo "${BASH_REMATCH[2]}"
eval 'f() { return 5; }'; f; echo $?
sleep 0.05 & wait $!; echo waited
set -u; (echo "$undefined") 2>/dev/null; echo "unset $?"
exit 9
