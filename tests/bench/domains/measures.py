"""Measures of one partition against another, exact, with the standard library only.

A partition is a dict from file to label. Both are compared on the files that both have."""
import math
from collections import Counter, defaultdict


def _table(ours, reference):
    cells = Counter((ours[f], reference[f]) for f in ours if f in reference)
    rows, columns = Counter(), Counter()
    for (a, b), n in cells.items():
        rows[a] += n
        columns[b] += n
    return cells, rows, columns, sum(rows.values())


def _largest_matching(choices):
    """Size of a maximum bipartite matching (Hopcroft and Karp's bound is not needed at this size: Kuhn's algorithm,
    written without recursion). choices: left -> the rights that it may take."""
    taken = {}
    for start in choices:
        parent, queue, found = {}, [start], None
        seen = set()
        while queue and found is None:
            left = queue.pop()
            for right in choices[left]:
                if right in seen:
                    continue
                seen.add(right)
                parent[right] = left
                if right not in taken:
                    found = right
                    break
                queue.append(taken[right])
        while found is not None:
            left = parent[found]
            previous = next((r for r, l in taken.items() if l == left and r != found), None) if left != start else None
            taken[found] = left
            found = previous
    return len(taken)


def mojo(ours, reference):
    """mno(ours, reference): the fewest moves and joins that turn ours into the reference (Wen and Tzerpos 2003).
    Each cluster goes to a reference cluster with which it shares most; where several are as good, the choice that gives
    most reference clusters a taker is the best: a maximum matching."""
    cells, rows, _, total = _table(ours, reference)
    best, choices = Counter(), defaultdict(list)
    for (a, b), n in cells.items():
        best[a] = max(best[a], n)
    for (a, b), n in sorted(cells.items(), key=str):
        if n == best[a]:
            choices[a].append(b)
    return total - sum(best.values()) + len(rows) - _largest_matching(choices)


def mojofm(ours, reference):
    """100 * (1 - mno(ours, reference) / the largest mno of any partition to the reference) (Wen and Tzerpos 2004)."""
    _, _, columns, total = _table(ours, reference)
    groups = 0
    for size in sorted(columns.values()):
        groups += groups < size
    return 100 * (1 - mojo(ours, reference) / (total - groups)) if total > groups else 100.0


def ari(ours, reference):
    """Adjusted Rand index (Hubert and Arabie 1985)."""
    cells, rows, columns, total = _table(ours, reference)
    pairs = lambda counts: sum(n * (n - 1) / 2 for n in counts.values())
    both, a, b, every = pairs(cells), pairs(rows), pairs(columns), total * (total - 1) / 2
    expected = a * b / every if every else 0
    return (both - expected) / ((a + b) / 2 - expected) if (a + b) / 2 != expected else 1.0


def nmi(ours, reference):
    """Mutual information over the arithmetic mean of both entropies."""
    cells, rows, columns, total = _table(ours, reference)
    entropy = lambda counts: -sum(n / total * math.log(n / total) for n in counts.values())
    mutual = sum(n / total * math.log(n * total / (rows[a] * columns[b])) for (a, b), n in cells.items())
    mean = (entropy(rows) + entropy(columns)) / 2
    return mutual / mean if mean else 1.0


def a2a(ours, reference):
    """Architecture-to-architecture similarity (Le et al. 2015) of two partitions of the same files: files to move,
    clusters to add or remove, over building both from nothing. Moves: the assignment of clusters to each other with most
    files in common (Hungarian)."""
    cells, rows, columns, total = _table(ours, reference)
    left, right = sorted(rows, key=str), sorted(columns, key=str)
    kept = _heaviest_assignment([[cells.get((a, b), 0) for b in right] for a in left])
    mto = abs(len(left) - len(right)) + (total - kept) * 2 / 2
    return 100 * (1 - mto / (len(left) + len(right) + 2 * total))


def _heaviest_assignment(weights):
    """Largest sum of one weight per row and column (Kuhn and Munkres, O(n^2 m))."""
    if not weights:
        return 0
    if len(weights) > len(weights[0]):
        weights = [list(column) for column in zip(*weights)]
    n, m = len(weights), len(weights[0])
    u, v, match = [0] * (n + 1), [0] * (m + 1), [0] * (m + 1)
    for i in range(1, n + 1):
        match[0], column = i, 0
        least, way, used = [math.inf] * (m + 1), [0] * (m + 1), [False] * (m + 1)
        while True:
            used[column] = True
            row, delta, following = match[column], math.inf, 0
            for j in range(1, m + 1):
                if used[j]:
                    continue
                cost = -weights[row - 1][j - 1] - u[row] - v[j]
                if cost < least[j]:
                    least[j], way[j] = cost, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(m + 1):
                if used[j]:
                    u[match[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            column = following
            if not match[column]:
                break
        while column:
            match[column] = match[way[column]]
            column = way[column]
    return sum(weights[match[j] - 1][j - 1] for j in range(1, m + 1) if match[j])


def turbomq(ours, edges):
    """Sum over clusters of 2 within / (2 within + crossing), over their number (ARCADE's form). edges: (from, to, weight)."""
    within, crossing = Counter(), Counter()
    for a, b, weight in edges:
        if a not in ours or b not in ours:
            continue
        if ours[a] == ours[b]:
            within[ours[a]] += weight
        else:
            crossing[ours[a]] += weight
            crossing[ours[b]] += weight
    clusters = set(ours.values())
    return sum(2 * within[c] / (2 * within[c] + crossing[c]) for c in clusters if within[c]) / max(1, len(clusters))
