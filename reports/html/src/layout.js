// SPDX-License-Identifier: GPL-3.0-or-later
// Where things go: layers, circles of dependencies, the order of a matrix. Pure: same input, same answer, and little moves where little
// changed, since every choice starts from names and levels rather than from chance.

/** Strongly connected components by Tarjan, without recursion: component[i] per node; every edge between different components goes
 * from a higher number to a lower one. */
export function components(count, edges) {
	const out = Array.from({ length: count }, () => []);
	for (const edge of edges) out[edge.from].push(edge.to);
	const index = new Int32Array(count).fill(-1);
	const low = new Int32Array(count);
	const component = new Int32Array(count).fill(-1);
	const stack = [];
	let next = 0;
	let found = 0;
	for (let root = 0; root < count; root++) {
		if (index[root] >= 0) continue;
		const work = [[root, 0]];
		while (work.length) {
			const frame = work[work.length - 1];
			const [node, at] = frame;
			if (at === 0) {
				index[node] = low[node] = next++;
				stack.push(node);
			}
			if (at < out[node].length) {
				frame[1]++;
				const target = out[node][at];
				if (index[target] < 0) work.push([target, 0]);
				else if (component[target] < 0) low[node] = Math.min(low[node], index[target]);
				continue;
			}
			work.pop();
			if (work.length) {
				const parent = work[work.length - 1][0];
				low[parent] = Math.min(low[parent], low[node]);
			}
			if (low[node] === index[node]) {
				let member;
				do {
					member = stack.pop();
					component[member] = found;
				} while (member !== node);
				found++;
			}
		}
	}
	return { component, count: found };
}

/** Sizes of the components: a node is in a circle where its component has more than one. */
export function circleOf(count, edges) {
	const { component, count: found } = components(count, edges);
	const sizes = new Int32Array(found);
	for (const c of component) sizes[c]++;
	return Array.from(component, (c) => (sizes[c] > 1 ? c : -1));
}

/** An order in which what uses comes before what is used; within a circle higher levels come first where levels are known, else so that
 * little weight points back (Eades, Lin and Smyth 1993). */
export function partition(count, edges, key, level = () => undefined) {
	const { component, count: found } = components(count, edges);
	const members = Array.from({ length: found }, () => []);
	for (let i = 0; i < count; i++) members[component[i]].push(i);
	const order = [];
	for (let c = found - 1; c >= 0; c--) {
		const group = members[c].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
		if (group.every((node) => Number.isFinite(level(node)))) order.push(...group.sort((a, b) => level(b) - level(a)));
		else
			order.push(
				...(group.length > 2
					? greedy(
							group,
							edges.filter((e) => component[e.from] === c && component[e.to] === c),
						)
					: group),
			);
	}
	return order;
}

function greedy(group, edges) {
	const balance = new Map(group.map((node) => [node, 0]));
	const touching = new Map(group.map((node) => [node, []]));
	for (const edge of edges) {
		const weight = edge.weight || 1;
		balance.set(edge.from, balance.get(edge.from) + weight);
		balance.set(edge.to, balance.get(edge.to) - weight);
		touching.get(edge.from).push(edge);
		touching.get(edge.to).push(edge);
	}
	const left = new Set(group);
	const order = [];
	while (left.size) {
		let best = null;
		for (const node of left) if (best === null || balance.get(node) > balance.get(best)) best = node;
		order.push(best);
		left.delete(best);
		for (const edge of touching.get(best)) {
			const other = edge.from === best ? edge.to : edge.from;
			if (left.has(other)) balance.set(other, balance.get(other) + (edge.from === best ? 1 : -1) * (edge.weight || 1));
		}
	}
	return order;
}

/** Levels by dependencies alone, what is used below what uses it: 0 is the bottom. */
export function levels(count, edges) {
	const position = new Int32Array(count);
	partition(count, edges, (i) => i).forEach((node, at) => (position[node] = at));
	const level = new Int32Array(count);
	const down = edges
		.filter((edge) => position[edge.from] < position[edge.to])
		.sort((a, b) => position[b.from] - position[a.from]);
	for (const edge of down) level[edge.from] = Math.max(level[edge.from], level[edge.to] + 1);
	return Array.from(level);
}

/** Puts nodes ({key, level, width, height}) in rows, highest level on top, so that few edges cross. Answers {x, y, row} of each node's
 * centre, and the width and height of all. */
export function layered(nodes, edges, { aspect = 1.7, gap = 24, rowGap = 62 } = {}) {
	if (!nodes.length) return { positions: [], width: 0, height: 0 };
	const total = nodes.reduce((sum, node) => sum + node.width + gap, 0);
	const tall = Math.max(...nodes.map((node) => node.height)) * 0.75 + rowGap;
	const most = Math.max(2, Math.ceil(Math.sqrt(total / (aspect * tall))));
	const maxWidth = Math.max(...nodes.map((node) => node.width), (total / most) * 1.35);
	const order = nodes.map((_, i) => i).sort((a, b) => nodes[b].level - nodes[a].level || compare(nodes[a].key, nodes[b].key));
	const rows = intoRows(nodes, order, most, maxWidth, gap);
	const row = new Int32Array(nodes.length);
	rows.forEach((members, r) => members.forEach((node) => (row[node] = r)));
	const neighbours = nodes.map(() => []);
	for (const edge of edges) {
		if (edge.from === edge.to) continue;
		const weight = Math.log2(2 + (edge.weight || 0));
		neighbours[edge.from].push([edge.to, weight]);
		neighbours[edge.to].push([edge.from, weight]);
	}
	for (const members of rows) members.sort((a, b) => compare(nodes[a].key, nodes[b].key));
	let x = place(nodes, rows, gap);
	for (let sweep = 0; sweep < 12; sweep++) {
		for (const members of sweep % 2 ? [...rows].reverse() : rows) {
			const wish = new Map(members.map((node) => [node, centre(node, neighbours[node], x)]));
			members.sort((a, b) => wish.get(a) - wish.get(b) || compare(nodes[a].key, nodes[b].key));
		}
		x = place(nodes, rows, gap);
	}
	const heights = rows.map((members) => Math.max(...members.map((node) => nodes[node].height)));
	let top = 0;
	const tops = heights.map((height) => {
		const at = top;
		top += height + rowGap;
		return at + height / 2;
	});
	const width = Math.max(...rows.map((members) => members.reduce((sum, node) => sum + nodes[node].width + gap, -gap)));
	const positions = nodes.map((_, i) => ({ x: x[i] + width / 2, y: tops[row[i]], row: row[i] }));
	return { positions, width, height: top - rowGap };
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function centre(node, neighbours, x) {
	if (!neighbours.length) return x[node];
	let sum = 0;
	let weights = 0;
	for (const [other, weight] of neighbours) {
		sum += x[other] * weight;
		weights += weight;
	}
	return sum / weights;
}

function place(nodes, rows, gap) {
	const x = new Float64Array(nodes.length);
	for (const members of rows) {
		let at = -members.reduce((sum, node) => sum + nodes[node].width + gap, -gap) / 2;
		for (const node of members) {
			x[node] = at + nodes[node].width / 2;
			at += nodes[node].width + gap;
		}
	}
	return x;
}

/** Levels that are next to each other share a row until there are few rows; a row that gets too wide goes on in the next. */
function intoRows(nodes, order, most, maxWidth, gap) {
	const groups = [];
	for (const node of order) {
		const last = groups[groups.length - 1];
		if (last && nodes[last[0]].level === nodes[node].level) last.push(node);
		else groups.push([node]);
	}
	const widthOf = (group) => group.reduce((sum, node) => sum + nodes[node].width + gap, 0);
	while (groups.length > most) {
		let best = 0;
		for (let i = 1; i + 1 < groups.length; i++)
			if (widthOf(groups[i]) + widthOf(groups[i + 1]) < widthOf(groups[best]) + widthOf(groups[best + 1])) best = i;
		groups.splice(best, 2, [...groups[best], ...groups[best + 1]]);
	}
	return groups.flatMap((group) => {
		const parts = Math.max(1, Math.ceil(widthOf(group) / maxWidth));
		const size = Math.ceil(group.length / parts);
		return Array.from({ length: Math.ceil(group.length / size) }, (_, i) => group.slice(i * size, (i + 1) * size));
	});
}
