// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { stepByRank, tree } from '../../../reports/html/src/areas.js';
import { Table, createLoader, embeddedSource, fetchedSource } from '../../../reports/html/src/data.js';
import { addEdges, edgeKind, fold, stemOf, utilities } from '../../../reports/html/src/map_levels.js';
import { best, rank } from '../../../reports/html/src/search.js';
import { foldsFor, rowsOf, sequenceOf } from '../../../reports/html/src/sequence.js';
import { sorted } from '../../../reports/html/src/table.js';

const RAW = { rows: 2, texts: ['a', '</script>'], columns: { name: [1, null], size: [5, null] }, text_columns: ['name'] };

test('a table tells texts for their numbers', () => {
	const table = new Table(RAW);
	assert.deepEqual(table.objects(), [
		{ name: '</script>', size: 5 },
		{ name: null, size: null },
	]);
	assert.deepEqual(table.column('none'), []);
});

test('embedded and fetched tables are the same', async () => {
	const block = { textContent: deflateSync(JSON.stringify(RAW)).toString('base64') };
	const embedded = createLoader(embeddedSource({ getElementById: (id) => (id === 'data:x' ? block : null) }));
	const fetched = createLoader(
		fetchedSource('/data/', async (url) =>
			url === '/data/x' ? { ok: true, status: 200, json: async () => RAW } : { ok: false, status: 404 },
		),
	);
	for (const load of [embedded, fetched]) {
		assert.deepEqual((await load('x')).objects(), new Table(RAW).objects());
		assert.equal((await load('missing')).length, 0);
	}
	let stale = 0;
	const answers = (status) =>
		createLoader(
			fetchedSource(
				'/',
				async () => ({ ok: false, status }),
				() => stale++,
			),
		)('x');
	await assert.rejects(answers(500), /500/);
	assert.equal(stale, 0);
	await assert.rejects(answers(410), /410/);
	assert.equal(stale, 1);
});

test('a table is read once, parts are forgotten, a failure is tried again', async () => {
	const asked = [];
	let fails = true;
	const load = createLoader(async (name) => {
		asked.push(name);
		if (name === 'bad' && fails) throw new Error('no');
		return RAW;
	}, 2);
	await Promise.all([load('one'), load('one'), load('p.1'), load('p.2'), load('p.3')]);
	await load('one');
	await load('p.3');
	await load('p.1');
	assert.deepEqual(asked, ['one', 'p.1', 'p.2', 'p.3', 'p.1']);
	await assert.rejects(load('bad'));
	fails = false;
	assert.equal((await load('bad')).length, 2);
});

test('rows without a value come last either way', () => {
	const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: 1 }];
	assert.deepEqual(
		sorted(rows, (r) => r.v, false).map((r) => r.v),
		[1, 2, 10, null],
	);
	assert.deepEqual(
		sorted(rows, (r) => r.v, true).map((r) => r.v),
		[10, 2, 1, null],
	);
	assert.deepEqual(
		sorted([{ v: 'b' }, { v: 'a' }], (r) => r.v, false).map((r) => r.v),
		['a', 'b'],
	);
});

test('edges between the same two are one; how they are known', () => {
	const [sum, ...rest] = addEdges([
		{ from: 0, to: 1, weight: 1, observed: 0, kinds: 1 },
		{ from: 0, to: 1, weight: 2, observed: 3, kinds: 4 },
		{ from: 1, to: 1, weight: 9, observed: 0, kinds: 1 },
	]);
	assert.deepEqual([sum.weight, sum.observed, sum.kinds, rest.length], [3, 3, 5, 0]);
	assert.deepEqual(
		[edgeKind(sum), edgeKind({ weight: 1, observed: 0 }), edgeKind({ weight: 0, observed: 2 })],
		['both', 'static', 'observed'],
	);
});

test('the map keeps the heaviest and folds the rest', () => {
	const nodes = Array.from({ length: 100 }, (_, i) => ({ key: `n${i}`, weight: i }));
	const { place, folded, kept } = fold(nodes, 60);
	assert.equal(kept.length, 59);
	assert.equal(folded, 41);
	assert.equal(place[0], 59);
	assert.equal(place[99], 58);
	assert.equal(fold(nodes, Infinity).folded, 0);
});

test('utilities are used by many and use little', () => {
	const edges = Array.from({ length: 9 }, (_, i) => ({ from: i + 1, to: 0 }));
	assert.deepEqual(utilities(10, edges).map(Number), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
	assert.equal(stemOf('a.b/x.tar.c'), 'a.b/x.tar');
});

test('search prefers whole names, then beginnings, then words', () => {
	const names = ['xlist', 'list', 'list_length', 'my_list', 'other'];
	const { items, all } = best(
		[{ kind: 'f', count: names.length, name: (i) => names[i], where: () => '', href: () => '' }],
		['list'],
	);
	assert.deepEqual(
		items.map((item) => item.name),
		['list', 'list_length', 'my_list', 'xlist'],
	);
	assert.equal(all, 4);
	assert.equal(rank('list_length', ['length', 'list']) >= 0, true);
	assert.equal(rank('list', ['list', 'zz']), -1);
});

test('areas: small files are put together, nothing is lost', () => {
	const files = [
		{ file: 'a', domain: 'x', code_lines: 1000 },
		{ file: 'b', domain: 'x', code_lines: 1 },
		{ file: 'c', domain: 'x', code_lines: 2 },
		{ file: 'd', domain: 'y', code_lines: 500 },
	];
	const root = tree(files, 10000, 100);
	const sum = root.children.flatMap((d) => d.children).reduce((total, leaf) => total + leaf.value, 0);
	assert.equal(sum, 1503);
	assert.deepEqual(
		root.children[0].children.map((leaf) => leaf.name),
		['a', '2 small files'],
	);
	const scale = stepByRank([1, 1, 1, 1, 1, 1, 1, 1, 2, 100]);
	assert.equal(scale.step(100) > scale.step(1), true);
});

test('sequences: folded loops count what they hide', () => {
	const rows = [
		['participant', null, 'a'],
		['participant', null, 'b'],
	]
		.map(([kind, , text]) => ({ kind, text }))
		.concat([
			{ kind: 'loop', text: 'outer' },
			{ kind: 'message', from: 0, to: 1, text: 'f' },
			{ kind: 'loop', text: 'inner' },
			{ kind: 'message', from: 1, to: 0, text: 'g' },
			{ kind: 'end' },
			{ kind: 'end' },
			{ kind: 'message', from: 0, to: 1, text: 'h' },
		]);
	const { participants, steps } = sequenceOf(rows);
	assert.deepEqual(participants, ['a', 'b']);
	assert.deepEqual(
		rowsOf(steps, new Set()).map((r) => [r.kind, r.depth]),
		[
			['loop', 0],
			['message', 1],
			['loop', 1],
			['message', 2],
			['message', 0],
		],
	);
	const folded = rowsOf(steps, new Set([0]));
	assert.deepEqual(
		folded.map((r) => r.text),
		['outer', 'h'],
	);
	assert.equal(folded[0].messages, 2);
	assert.deepEqual([...foldsFor(steps, 3)], [0]);
	assert.deepEqual([...foldsFor(steps, 9)], []);
});
