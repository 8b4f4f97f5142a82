# Builds and traces the case: $1 is fires or silent. 77: cannot be built here.
cc -g -O0 -finstrument-functions -o program "$1".c -pthread 2>compile.log || { cat compile.log; exit 77; }
"$SIGHTLINE" trace --quiet -- ./program >trace.log 2>&1 || { cat trace.log; exit 1; }
