// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix' rows and cells, and the symbols of a cell, in one release and between two: a codebase put together by hand.
import assert from 'node:assert/strict';
import test from 'node:test';
import { itemsOf, ordered, worldOf } from '../../../reports/html/src/matrix_items.js';
import { changedSymbolsOf, symbolsOf } from '../../../reports/html/src/matrix_symbols.js';
import { Model } from '../../../reports/html/src/model.js';
import { Table } from '../../../reports/html/src/data.js';

/** A table as it is in the page, of plain objects. */
function tableOf(rows) {
	const columns = Object.fromEntries(Object.keys(rows[0] ?? {}).map((key) => [key, rows.map((row) => row[key])]));
	return new Table({ rows: rows.length, texts: [], columns, text_columns: [] });
}

// Files: a1 a2 in app, l1 in lib, moved.c was in lib and is in app; gone.c was in lib, old.c in dead.
const TABLES = {
	meta: [
		{ key: 'base', value: 'one' },
		{ key: 'release', value: 'two' },
	],
	domains: [
		{ domain: 'app', level: 1, lines: 30 },
		{ domain: 'lib', level: 0, lines: 10 },
	],
	edges: [{ from: 'app', to: 'lib', weight: 8, observed: 0, kinds: 1, forbidden: 1 }],
	files: ['a1.c', 'a2.c', 'l1.c', 'moved.c'].map((file) => ({ file, domain: file === 'l1.c' ? 'lib' : 'app', code_lines: 5 })),
	file_functions: [0, 1, 2, 3].map((i) => ({ first: i, functions: 1, part: 0 })),
	'deps.0': [
		{ from: 0, to: 2, weight: 5, observed: 0, kinds: 1 },
		{ from: 1, to: 2, weight: 3, observed: 0, kinds: 1 },
		{ from: 0, to: 1, weight: 2, observed: 0, kinds: 1 },
		{ from: 0, to: 3, weight: 1, observed: 0, kinds: 1 },
	],
	'symbols.0': [
		{ from: 0, to: 2, symbol: 'l_get', kind: 'call', sites: 4, observed: 0, confidence: 1, line: 9 },
		{ from: 0, to: 2, symbol: 'l_type', kind: 'type', sites: 1, observed: 0, confidence: 1, line: 2 },
		{ from: 1, to: 2, symbol: 'l_get', kind: 'call', sites: 3, observed: 0, confidence: 1, line: 4 },
		{ from: 0, to: 1, symbol: 'a2_go', kind: 'call', sites: 2, observed: 0, confidence: 1, line: 7 },
		{ from: 0, to: 3, symbol: 'moved_do', kind: 'call', sites: 1, observed: 0, confidence: 1, line: 8 },
	],
	drift_domains: [
		{ domain: 'app', old_lines: 20, new_lines: 30 },
		{ domain: 'dead', old_lines: 5, new_lines: null },
		{ domain: 'lib', old_lines: 10, new_lines: 10 },
	],
	drift_edges: [
		{ from: 'app', to: 'dead', old_weight: 1, new_weight: null },
		{ from: 'app', to: 'lib', old_weight: 6, new_weight: 8 },
	],
	drift_files: [
		{ file: 'a2.c', old_domain: null, new_domain: 'app', old_lines: null, new_lines: 5 },
		{ file: 'gone.c', old_domain: 'lib', new_domain: null, old_lines: 4, new_lines: null },
		{ file: 'moved.c', old_domain: 'lib', new_domain: 'app', old_lines: 5, new_lines: 5 },
		{ file: 'old.c', old_domain: 'dead', new_domain: null, old_lines: 5, new_lines: null },
	],
	drift_dependencies: [
		{ from: 'a1.c', to: 'a2.c', old_weight: null, new_weight: 2 },
		{ from: 'a1.c', to: 'gone.c', old_weight: 2, new_weight: null },
		{ from: 'a1.c', to: 'old.c', old_weight: 1, new_weight: null },
		{ from: 'a2.c', to: 'l1.c', old_weight: null, new_weight: 3 },
	],
	'drift_symbols.0': [
		{ from: 'a1.c', to: 'a2.c', symbol: 'a2_go', kind: 'call', old_sites: null, new_sites: 2, line: 7 },
		{ from: 'a1.c', to: 'gone.c', symbol: 'gone_do', kind: 'call', old_sites: 2, new_sites: null, line: 6 },
		{ from: 'a1.c', to: 'l1.c', symbol: 'l_get', kind: 'call', old_sites: 3, new_sites: 4, line: 9 },
		{ from: 'a1.c', to: 'old.c', symbol: 'old_do', kind: 'call', old_sites: 1, new_sites: null, line: 5 },
		{ from: 'a2.c', to: 'l1.c', symbol: 'l_get', kind: 'call', old_sites: null, new_sites: 3, line: 4 },
	],
};

const open = () => new Model(async (name) => tableOf(TABLES[name] ?? [])).open();
const told = (rows) => rows.map((row) => `${row.symbol} ${row.from}:${row.line} ${row.change ?? row.sites}`).sort();
const cellsOf = ({ list, cells }) =>
	Object.fromEntries([...cells.values()].map((cell) => [`${list[cell.row].key} ${list[cell.column].key}`, cell]));

async function matrix(opened, isDrift) {
	const model = await open();
	const world = await worldOf(model, isDrift);
	const state = ordered(await itemsOf(model, world, opened));
	return { model, world, ...state, row: (key) => state.list.find((item) => item.key === key) };
}

test('domains above what they use, files where they are opened', async () => {
	const closed = await matrix([], false);
	assert.deepEqual(
		closed.list.map((item) => item.key),
		['app', 'lib'],
	);
	assert.deepEqual([cellsOf(closed)['app lib'].weight, cellsOf(closed)['app lib'].forbidden], [8, 1]);
	const opened = await matrix(['app'], false);
	const cells = cellsOf(opened);
	assert.deepEqual([cells['a1.c lib'].weight, cells['a2.c lib'].weight, cells['a1.c a2.c'].weight], [5, 3, 2]);
	assert.equal(cells['app lib'], undefined);
});

test('a cell tells its own symbols and no others', async () => {
	const closed = await matrix([], false);
	assert.deepEqual(told(await symbolsOf(closed.model, closed.row('app'), closed.row('lib'))), [
		'l_get a1.c:9 4',
		'l_get a2.c:4 3',
		'l_type a1.c:2 1',
	]);
	const opened = await matrix(['app'], false);
	assert.deepEqual(told(await symbolsOf(opened.model, opened.row('a2.c'), opened.row('lib'))), ['l_get a2.c:4 3']);
	assert.deepEqual(told(await symbolsOf(opened.model, opened.row('a1.c'), opened.row('a2.c'))), ['a2_go a1.c:7 2']);
});

test('two releases: what came, went and changed', async () => {
	const closed = await matrix([], true);
	const changes = Object.fromEntries(Object.entries(cellsOf(closed)).map(([key, cell]) => [key, cell.change]));
	assert.deepEqual(changes, { 'app dead': 'removed', 'app lib': 'changed' });
	assert.equal(closed.row('dead').domain.change, 'removed');
	const opened = cellsOf(await matrix(['app', 'lib'], true));
	const told = Object.fromEntries(Object.entries(opened).map(([key, cell]) => [key, [cell.change, cell.old, cell.now]]));
	assert.deepEqual(told, {
		'a1.c l1.c': ['same', 5, 5],
		'a2.c l1.c': ['added', null, 3],
		'a1.c a2.c': ['added', null, 2],
		'a1.c moved.c': ['same', 1, 1],
		'a1.c gone.c': ['removed', 2, null],
		'a1.c dead': ['removed', 1, null],
	});
});

test('symbols of a cell between two releases, files that moved included', async () => {
	const { model, world, row } = await matrix([], true);
	assert.deepEqual(told(await changedSymbolsOf(model, world, row('app'), row('lib'))), [
		'gone_do a1.c:6 removed',
		'l_get a1.c:9 changed',
		'l_get a2.c:4 added',
		'l_type a1.c:2 same',
		'moved_do a1.c:8 removed', // it was needed of lib: now it is app's own
	]);
	assert.deepEqual(told(await changedSymbolsOf(model, world, row('app'), row('dead'))), ['old_do a1.c:5 removed']);
	const opened = await matrix(['app'], true);
	assert.deepEqual(told(await changedSymbolsOf(opened.model, opened.world, opened.row('a2.c'), opened.row('lib'))), [
		'l_get a2.c:4 added',
	]);
});

test('what does not fit stands in one row', async () => {
	const domains = Array.from({ length: 200 }, (_, i) => ({ domain: `d${i}`, level: 0, lines: 1000 - i }));
	const edges = domains.slice(1).map((domain) => ({ from: domain.domain, to: 'd0', weight: 1, observed: 0, kinds: 1 }));
	const tables = { ...TABLES, domains, edges, files: [], file_functions: [], meta: [] };
	const model = await new Model(async (name) => tableOf(tables[name] ?? [])).open();
	const { list, cells } = ordered(await itemsOf(model, await worldOf(model, false), []));
	assert.equal(list.length, 160);
	const rest = list.findIndex((item) => item.isRest);
	assert.equal(list[rest].key, 'and 41 more domains');
	assert.equal(cells.get(rest * 160 + list.findIndex((item) => item.key === 'd0')).weight, 41);
});
