// SPDX-License-Identifier: GPL-3.0-or-later
// The dependency matrix: rows need columns, what uses stands above what is used, so that all lies above the diagonal but what closes
// circles. Opens domain by domain into files, and cell by cell into symbols; of one release, or of two on one matrix.
import { SIGNS } from '../changes.js';
import { add, h, replace } from '../dom.js';
import { NUMBERS_FROM, drawMatrix } from '../matrix_draw.js';
import { itemsOf, ordered, worldOf } from '../matrix_items.js';
import { changedSymbolsOf, symbolsOf } from '../matrix_symbols.js';
import { changeChip, changeLegend, facts, fileName, functionName, heading, link, nameOf, segments, toggle } from '../parts.js';
import { dataTable } from '../table.js';
import { basename, number, plural } from '../text.js';

const CALLS = ['call', 'indirect', 'observed'];
const ORDER = { removed: 0, added: 1, changed: 2, same: 3 };

function symbolTable(model, state, from, to, rows) {
	const isDrift = state.isDrift;
	return dataTable({
		caption: `Symbols that ${from.key} uses of ${to.key}`,
		rows: isDrift ? [...rows].sort((a, b) => ORDER[a.change] - ORDER[b.change]) : rows,
		sort: isDrift ? '' : '-sites',
		empty: 'The source names no symbol here: the dependency was seen in runs only.',
		facets: [
			isDrift && { key: 'change', label: 'Change', value: (r) => r.change },
			new Set(rows.map((r) => r.kind)).size > 1 && { key: 'kind', label: 'Kind', value: (r) => r.kind },
		].filter(Boolean),
		columns: [
			isDrift && { key: 'change', label: 'Change', value: (r) => ORDER[r.change], render: changeChip },
			{
				key: 'symbol',
				label: 'Symbol, and where it is first named',
				grow: true,
				value: (r) => `${r.symbol} ${r.kind} ${r.from}:${r.line}`,
				render: (r) => [
					CALLS.includes(r.kind) && r.change !== 'removed'
						? functionName(r.symbol, r.to)
						: h('bdi', { class: 'name code' }, r.symbol),
					' ',
					h('span', { class: 'kind' }, r.kind),
					h(
						'span',
						{ class: 'under muted' },
						isDrift && r.change === 'removed'
							? h('bdi', { class: 'name code' }, `${r.from}:${r.line}`)
							: fileName(r.from, r.line),
						!to.file && [' → ', h('bdi', { class: 'name', title: r.to }, basename(r.to))],
					),
				],
			},
			{
				key: 'sites',
				label: 'Places',
				numeric: true,
				render: (r) => (r.change === 'changed' ? `${number(r.old_sites)} → ${number(r.sites)}` : number(r.sites ?? r.old_sites)),
			},
			!isDrift && model.hasRuns && { key: 'observed', label: 'Seen', numeric: true, render: (r) => number(r.observed) },
		].filter(Boolean),
	});
}

const oneOf = (state, item) => {
	const change = (item.file ?? item.domain)?.change;
	return [
		h('h2', {}, nameOf(item.key)),
		facts([
			['Lines of code', number(item.file ? item.file.code_lines : item.domain?.lines)],
			['Domain', item.file && nameOf(item.domain.domain)],
			['In a circle', item.circle >= 0 ? 'yes' : 'no'],
			['Change', state.isDrift && change && changeChip({ change })],
		]),
		!item.file &&
			!item.isRest &&
			h('p', {}, h('a', { href: link('map', [item.domain.domain]) }, 'On the map'), ' · click the name to open it'),
		item.file && state.isDrift === false && h('p', {}, fileName(item.key)),
	];
};

async function cellPanel(model, state, row, column) {
	const [from, to] = [state.list[row], state.list[column]];
	if (!from || !to) return null;
	const item = state.cells.get(row * state.list.length + column);
	if (row === column) return oneOf(state, from);
	const title = h('h2', {}, nameOf(from.key), ' → ', nameOf(to.key));
	if (!item) return [title, h('p', { class: 'muted' }, 'No dependency.')];
	const rows = state.isDrift ? await changedSymbolsOf(model, state.world, from, to) : await symbolsOf(model, from, to);
	return [
		title,
		facts(
			state.isDrift
				? [
						['Change', changeChip(item)],
						['Weight before', number(item.old)],
						['after', number(item.now)],
					]
				: [
						['Weight', number(item.weight)],
						['Seen in runs', item.observed > 0 ? number(item.observed) : null],
					],
		),
		item.forbidden
			? h('p', { class: 'warning' }, 'Forbidden by the declared architecture.')
			: item.isBack &&
				item.change !== 'removed' &&
				h(
					'p',
					{ class: 'warning' },
					'Points back: it closes a circle. Cutting it, or turning it round, would let the parts stand in layers.',
				),
		symbolTable(model, state, from, to, rows),
	];
}

function intro(model, state) {
	const cells = [...state.cells.values()];
	const count = (change) => cells.filter((cell) => cell.change === change).length;
	return [
		h('h2', {}, 'How to read it'),
		h(
			'p',
			{},
			'A row needs what stands in its columns. What uses stands above what is used, so a system in layers has all its cells above the diagonal.',
		),
		state.isDrift
			? h(
					'p',
					{},
					'Cells are dependencies of release ',
					nameOf(model.meta.base),
					' and of ',
					nameOf(model.meta.release),
					': those that came, those that went, and those that weigh more or less than before, by 2\u00a0% at least.',
				)
			: h(
					'p',
					{},
					h('span', { class: 'swatch swatch-back' }, 'below'),
					' the diagonal: points back and closes a circle. Boxes hold parts that need each other.',
				),
		!state.isDrift && [
			h('p', {}, 'The darker, the more places need it.'),
			cells.some((cell) => !(cell.weight > 0)) &&
				h('p', {}, h('span', { class: 'swatch swatch-observed' }, 'seen'), ' in runs only: the source does not show it.'),
		],
		h('p', { class: 'screen-only' }, 'Click a cell for its symbols, a name to open the domain.'),
		h(
			'p',
			{ class: 'muted' },
			`${plural(state.list.length, 'row')}, ${plural(cells.length, 'dependency', 'dependencies')}`,
			state.isDrift
				? `: ${count('added')} added, ${count('removed')} removed, ${count('changed')} changed.`
				: `, ${cells.filter((c) => c.isBack).length} of them back.`,
		),
	];
}

function asTable(state, opened, route, choose) {
	const toggled = (name) => (opened.includes(name) ? opened.filter((o) => o !== name) : [...opened, name]).join('|');
	return h(
		'details',
		{ class: 'as-table' },
		h('summary', {}, 'The same as a table'),
		h(
			'p',
			{},
			'Open a domain: ',
			state.world.domains.map(({ domain }) => [
				h(
					'a',
					{ href: link('matrix', [], { ...route.params, open: toggled(domain) }), class: 'name' },
					opened.includes(domain) ? `close ${domain}` : domain,
				),
				' ',
			]),
		),
		dataTable({
			caption: 'Dependencies',
			rows: [...state.cells.values()],
			sort: '-weight',
			facets: state.isDrift ? [{ key: 'change', label: 'Change', value: (c) => c.change }] : [],
			columns: [
				{
					key: 'from',
					label: 'Needs',
					grow: true,
					value: (c) => state.list[c.row].key,
					render: (c) => nameOf(state.list[c.row].key),
				},
				{
					key: 'to',
					label: 'Is needed',
					grow: true,
					value: (c) => state.list[c.column].key,
					render: (c) => nameOf(state.list[c.column].key),
				},
				state.isDrift && { key: 'change', label: 'Change', render: changeChip },
				state.isDrift && { key: 'old', label: 'Weight before', numeric: true, render: (c) => number(c.old) },
				{
					key: 'weight',
					label: state.isDrift ? 'after' : 'Weight',
					numeric: true,
					render: (c) => number(state.isDrift ? c.now : c.weight),
				},
				{ key: 'back', label: 'Closes a circle', value: (c) => (c.isBack && c.change !== 'removed' ? 'yes' : '') },
				{
					key: 'show',
					label: '',
					fixed: true,
					value: () => '',
					render: (c) => h('button', { type: 'button', onclick: () => choose(c.row, c.column) }, 'Symbols'),
				},
			].filter(Boolean),
		}),
	);
}

/** Clicks and keys on the picture. */
function listen(canvas, state, geometry, { choose, open }) {
	const count = state.list.length;
	const where = (event) => {
		const box = canvas.getBoundingClientRect();
		return {
			row: Math.floor((event.clientY - box.top - geometry.top) / geometry.cell),
			column: Math.floor((event.clientX - box.left - geometry.left) / geometry.cell),
		};
	};
	canvas.addEventListener('click', (event) => {
		const { row, column } = where(event);
		if (row >= 0 && row < count && column < 0) open(state.list[row]);
		else if (row >= 0 && row < count && column < count) choose(row, column);
	});
	canvas.addEventListener('pointermove', (event) => {
		const { row, column } = where(event);
		const cell = row >= 0 && row < count && column >= 0 && column < count ? state.cells.get(row * count + column) : null;
		canvas.title =
			row >= 0 && row < count && column < count
				? column < 0
					? state.list[row].key
					: `${state.list[row].key} → ${state.list[column].key}${cell?.change ? `: ${SIGNS[cell.change]} ${cell.change}` : ''}`
				: '';
	});
	canvas.addEventListener('keydown', (event) => {
		const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
		if (step)
			choose(
				Math.max(0, Math.min(count - 1, state.at.row + step[0])),
				Math.max(0, Math.min(count - 1, state.at.column + step[1])),
			);
		else if (event.key === 'Enter') open(state.list[state.at.row]);
		else return;
		event.preventDefault();
	});
}

export async function render(page, route, model) {
	const isDrift = route.params.view === 'drift' && Boolean(model.meta.base);
	const world = await worldOf(model, isDrift);
	const known = new Set(world.domains.map((domain) => domain.domain));
	const opened = (route.params.open ?? '').split('|').filter((name) => known.has(name));
	const state = {
		...ordered(await itemsOf(model, world, opened)),
		at: { row: -1, column: -1 },
		numbers: route.params.numbers !== '0',
		isDrift,
		world,
	};
	const count = state.list.length;
	const at = (name) => state.list.findIndex((item) => item.key === name);
	const available = Math.max(420, (document.getElementById('main').clientWidth || 1100) - 530);
	const geometry = { left: 190, top: 22, cell: Math.max(9, Math.min(30, Math.floor((available - 190) / Math.max(1, count)))) };
	const canvas = h('canvas', {
		class: 'matrix',
		tabindex: '0',
		role: 'application',
		'aria-label': 'Dependency matrix: arrow keys go from cell to cell, Enter opens a domain; a table follows',
	});
	const panel = h('aside', { class: 'panel', 'aria-live': 'polite', 'aria-label': 'About the chosen cell' });
	const redraw = () => drawMatrix(canvas, state, geometry);
	let turn = 0;
	async function choose(row, column) {
		state.at = { row, column };
		redraw();
		const mine = ++turn;
		const content = await cellPanel(model, state, row, column);
		if (mine === turn) replace(panel, content ?? intro(model, state));
	}
	function open(item) {
		if (!item || item.isRest) return;
		const name = item.domain.domain;
		const next = opened.includes(name) ? opened.filter((other) => other !== name) : [...opened, name];
		location.hash = link('matrix', [], { ...route.params, open: next.join('|') });
	}
	listen(canvas, state, geometry, { choose, open });
	document.addEventListener('themechange', redraw);
	add(
		page,
		heading(
			'Dependencies',
			isDrift
				? ['Who needs whom, from ', nameOf(model.meta.base), ' to ', nameOf(model.meta.release)]
				: 'Who needs whom, ordered so that layers show.',
			model.meta.base &&
				segments([
					['This release', link('matrix', [], { ...route.params, view: null }), !isDrift],
					['What changed', link('matrix', [], { ...route.params, view: 'drift' }), isDrift],
				]),
			geometry.cell >= NUMBERS_FROM &&
				toggle('Numbers', state.numbers, (on) => {
					state.numbers = on;
					redraw();
				}),
			opened.length > 0 &&
				h(
					'button',
					{ type: 'button', onclick: () => (location.hash = link('matrix', [], { ...route.params, open: null })) },
					'Close all',
				),
		),
		h(
			'div',
			{ class: 'matrix-box' },
			h('div', {}, h('div', { class: 'matrix-picture' }, canvas), isDrift && changeLegend()),
			panel,
		),
		asTable(state, opened, route, choose),
	);
	replace(panel, intro(model, state));
	page.addEventListener(
		'shown',
		() => {
			redraw();
			if (route.args.length === 2 && at(route.args[0]) >= 0 && at(route.args[1]) >= 0)
				choose(at(route.args[0]), at(route.args[1]));
		},
		{ once: true },
	);
	return () => document.removeEventListener('themechange', redraw);
}
