// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { circleOf, components, layered, levels, partition } from '../../../reports/html/src/layout.js';
import { edgePath, nearest } from '../../../reports/html/src/geometry.js';

const edge = (from, to, weight = 1) => ({ from, to, weight });

/** Numbers that look like chance and are the same each time. */
function random(seed) {
	let state = seed;
	return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

/** Reachability by walking from every node: the slow way that needs no cleverness. */
function reaches(count, edges) {
	const out = Array.from({ length: count }, () => []);
	for (const e of edges) out[e.from].push(e.to);
	return out.map((_, start) => {
		const seen = new Set();
		const work = [start];
		while (work.length) for (const next of out[work.pop()]) if (!seen.has(next)) (seen.add(next), work.push(next));
		return seen;
	});
}

test('components are what reaches each other, numbered against the edges', () => {
	const next = random(7);
	for (let round = 0; round < 60; round++) {
		const count = 2 + Math.floor(next() * 14);
		const edges = Array.from({ length: Math.floor(next() * count * 2) }, () =>
			edge(Math.floor(next() * count), Math.floor(next() * count)),
		);
		const { component } = components(count, edges);
		const reach = reaches(count, edges);
		for (let a = 0; a < count; a++)
			for (let b = 0; b < count; b++)
				assert.equal(
					component[a] === component[b],
					a === b || (reach[a].has(b) && reach[b].has(a)),
					`round ${round}: ${a} and ${b}`,
				);
		for (const e of edges) assert.ok(component[e.from] >= component[e.to]);
	}
});

test('a long chain does not exhaust the stack', () => {
	const count = 60000;
	const { count: found } = components(
		count,
		Array.from({ length: count - 1 }, (_, i) => edge(i, i + 1)),
	);
	assert.equal(found, count);
});

test('a partition of layers has nothing below the diagonal', () => {
	const edges = [edge(3, 1), edge(1, 0), edge(3, 2), edge(2, 0)];
	const order = partition(4, edges, (i) => String(i));
	for (const e of edges) assert.ok(order.indexOf(e.from) < order.indexOf(e.to));
});

test('within a circle the lightest dependency points back', () => {
	const edges = [edge(0, 1, 10), edge(1, 2, 10), edge(2, 0, 1)];
	assert.deepEqual(
		partition(3, edges, (i) => String(i)),
		[0, 1, 2],
	);
	assert.deepEqual(
		circleOf(4, edges),
		[0, 0, 0, -1].map((c) => (c === 0 ? circleOf(4, edges)[0] : -1)),
	);
});

test('levels put what is used below what uses it', () => {
	assert.deepEqual(levels(3, [edge(0, 1), edge(1, 2), edge(0, 2)]), [2, 1, 0]);
});

const sample = (extra = []) => {
	const next = random(3);
	const nodes = Array.from({ length: 30 }, (_, i) => ({
		key: `part${String(i).padStart(2, '0')}`,
		level: i % 6,
		width: 100,
		height: 40,
	}));
	const edges = Array.from({ length: 60 }, () =>
		edge(Math.floor(next() * 30), Math.floor(next() * 30), 1 + Math.floor(next() * 9)),
	);
	return { nodes, edges: [...edges, ...extra] };
};

test('no two boxes of a layout overlap, and all lie within it', () => {
	const { nodes, edges } = sample();
	const { positions, width, height } = layered(nodes, edges);
	positions.forEach((a, i) => {
		assert.ok(a.x - 50 >= -0.01 && a.x + 50 <= width + 0.01 && a.y - 20 >= -0.01 && a.y + 20 <= height + 0.01);
		positions.forEach((b, j) => assert.ok(i === j || Math.abs(a.x - b.x) >= 100 || Math.abs(a.y - b.y) >= 40));
	});
});

test('the same comes out whatever the order of the input', () => {
	const { nodes, edges } = sample();
	const order = nodes.map((_, i) => (i * 7) % 30);
	const place = [];
	order.forEach((old, at) => (place[old] = at));
	const other = layered(
		order.map((i) => nodes[i]),
		[...edges].reverse().map((e) => ({ ...e, from: place[e.from], to: place[e.to] })),
	).positions;
	layered(nodes, edges).positions.forEach((p, i) =>
		assert.ok(Math.abs(p.x - other[place[i]].x) < 1e-6 && p.y === other[place[i]].y),
	);
});

test('one more dependency moves little', () => {
	const before = layered(sample().nodes, sample().edges).positions;
	const after = layered(sample().nodes, sample([edge(2, 9, 1)]).edges).positions;
	assert.ok(before.filter((p, i) => Math.abs(p.x - after[i].x) > 130 || p.y !== after[i].y).length <= 6);
});

test('nothing, and one part alone, can be laid out', () => {
	assert.deepEqual(layered([], []).positions, []);
	assert.equal(layered([{ key: 'a', level: 3, width: 90, height: 40 }], [edge(0, 0)]).positions.length, 1);
});

test('arrow keys go where they point', () => {
	const positions = [
		{ x: 0, y: 0 },
		{ x: 100, y: 10 },
		{ x: 0, y: 80 },
		{ x: -60, y: 0 },
	];
	assert.equal(nearest(positions, 0, 'ArrowRight'), 1);
	assert.equal(nearest(positions, 0, 'ArrowDown'), 2);
	assert.equal(nearest(positions, 0, 'ArrowLeft'), 3);
	assert.equal(nearest(positions, 0, 'ArrowUp'), -1);
});

test('lines are drawn with numbers only', () => {
	const box = (x, y, row) => ({ x, y, row, width: 90, height: 40 });
	for (const [a, b] of [
		[box(0, 0, 0), box(200, 120, 1)],
		[box(0, 120, 1), box(0, 0, 0)],
		[box(0, 0, 0), box(300, 0, 0)],
	])
		assert.match(edgePath(a, b), /^M-?[\d.]+ -?[\d.]+C(-?[\d.]+ ?){6}$/);
});
