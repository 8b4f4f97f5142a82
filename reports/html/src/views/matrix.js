// SPDX-License-Identifier: GPL-3.0-or-later
// The dependency matrix: rows need columns, what uses stands above what is used, so that all lies above the diagonal but what closes
// circles. Opens domain by domain into files, and cell by cell into symbols.
import { h, replace } from '../dom.js';
import { components, partition } from '../layout.js';
import { addEdges } from '../map_levels.js';
import { facts, functionName, heading, link, nameOf, toggle } from '../parts.js';
import { dataTable } from '../table.js';
import { cut, number, plural } from '../text.js';

const MOST = 160; // rows that can still be told apart

/** Rows of the matrix: domains in order, opened ones as their files. */
async function itemsOf(model, opened) {
	const files = await model.files();
	const nodes = [];
	const place = new Map();
	const closed = model.domains.filter((domain) => !opened.includes(domain.domain));
	const rest = new Set(
		[...closed]
			.sort((a, b) => b.lines - a.lines || a.number - b.number)
			.slice(MOST - 1)
			.map((domain) => domain.number),
	);
	const fileMost = Math.max(10, MOST - (closed.length - rest.size));
	for (const domain of model.domains) {
		if (rest.has(domain.number)) {
			if (!place.has('rest'))
				place.set('rest', nodes.push({ key: `and ${rest.size} more domains`, isRest: true, level: -1 }) - 1);
			place.set('d' + domain.number, place.get('rest'));
			continue;
		}
		if (!opened.includes(domain.domain)) {
			place.set('d' + domain.number, nodes.push({ key: domain.domain, domain, level: domain.level ?? 0 }) - 1);
			continue;
		}
		const own = files
			.filter((file) => file.domainNumber === domain.number)
			.sort((a, b) => b.code_lines - a.code_lines || a.number - b.number);
		for (const file of own.slice(0, fileMost)) place.set('f' + file.number, nodes.push({ key: file.file, domain, file }) - 1);
		if (own.length > fileMost)
			place.set(
				'r' + domain.number,
				nodes.push({ key: `and ${own.length - fileMost} more files of ${domain.domain}`, domain, isRest: true }) - 1,
			);
	}
	const placeOf = (file) =>
		place.get('f' + file) ?? place.get('d' + files[file].domainNumber) ?? place.get('r' + files[file].domainNumber);
	const edges = model.edges
		.filter((edge) => place.has('d' + edge.from) && place.has('d' + edge.to))
		.map((edge) => ({ ...edge, from: place.get('d' + edge.from), to: place.get('d' + edge.to) }));
	const seen = new Set();
	for (const domain of model.domains.filter((d) => opened.includes(d.domain))) {
		const table = await model.load('deps.' + domain.number);
		const [from, to, weight, observed, kinds] = ['from', 'to', 'weight', 'observed', 'kinds'].map((c) => table.column(c));
		for (let i = 0; i < table.length; i++) {
			const pair = from[i] * 1e7 + to[i];
			if (kinds[i] === 8 || seen.has(pair)) continue;
			seen.add(pair); // told in both domains' parts
			const [a, b] = [placeOf(from[i]), placeOf(to[i])];
			if (a !== undefined && b !== undefined && a !== b)
				edges.push({ from: a, to: b, weight: weight[i], observed: observed[i], kinds: kinds[i] });
		}
	}
	return { nodes, edges: addEdges(edges) };
}

function ordered({ nodes, edges }) {
	const real = edges.filter((edge) => edge.weight > 0);
	const order = partition(
		nodes.length,
		real,
		(i) => nodes[i].key,
		(i) => nodes[i].level,
	);
	const place = [];
	order.forEach((node, at) => (place[node] = at));
	const { component } = components(nodes.length, real);
	const sizes = new Map();
	for (const c of component) sizes.set(c, (sizes.get(c) ?? 0) + 1);
	const list = order.map((i) => ({ ...nodes[i], circle: sizes.get(component[i]) > 1 ? component[i] : -1 }));
	const cells = new Map();
	for (const edge of edges) {
		const [row, column] = [place[edge.from], place[edge.to]];
		cells.set(row * list.length + column, { ...edge, row, column, isBack: row > column && edge.weight > 0 });
	}
	return { list, cells };
}

function colours(element) {
	const style = getComputedStyle(element);
	return (name) => style.getPropertyValue(name).trim();
}

function drawNames(context, state, { cell, left, top }, colour) {
	const side = state.list.length * cell;
	state.list.forEach((item, i) => {
		const y = top + i * cell;
		context.fillStyle = colour('--hover');
		if (i === state.at.row) context.fillRect(0, y, left + side, cell);
		if (i === state.at.column) context.fillRect(left + i * cell, 0, cell, top + side);
		context.fillStyle = colour(item.circle >= 0 ? '--text' : '--muted');
		context.font = `${Math.min(12, cell - 2)}px ${colour('--font')}`;
		context.textAlign = 'right';
		context.fillText(cut(item.file ? shortPath(item.key) : item.key, 26), left - 26, y + cell / 2);
		context.fillStyle = colour('--muted');
		if (cell >= 12) {
			context.font = `${Math.min(11, cell * 0.62)}px ${colour('--font')}`;
			context.fillText(String(i + 1), left - 5, y + cell / 2);
			context.textAlign = 'center';
			context.fillText(String(i + 1), left + i * cell + cell / 2, top - 9);
		}
		context.fillStyle = colour('--diagonal');
		context.fillRect(left + i * cell, y, cell, cell);
	});
}

/** At most four letters, so that it fits into a cell. */
const brief = (value) =>
	value < 999.5 ? String(Math.round(value)) : value < 9950 ? `${(value / 1000).toFixed(1)}k` : `${Math.round(value / 1000)}k`;

function drawCells(context, state, { cell, left, top }, colour) {
	const heaviest = Math.log2(2 + Math.max(0, ...[...state.cells.values()].map((item) => item.weight)));
	for (const item of state.cells.values()) {
		const [x, y] = [left + item.column * cell, top + item.row * cell];
		const step = Math.min(4, Math.floor((Math.log2(1 + item.weight) / heaviest) * 5));
		const kind = item.forbidden || item.isBack ? `--back-${step}` : item.weight > 0 ? `--cell-${step}` : '--observed-cell';
		context.fillStyle = colour(kind);
		context.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
		if (state.numbers && cell >= 19) {
			context.fillStyle = colour(step >= 3 ? '--cell-text-strong' : '--text');
			context.textAlign = 'center';
			context.font = `${Math.min(10, cell * 0.45)}px ${colour('--font')}`;
			context.fillText(brief(item.weight || item.observed), x + cell / 2, y + cell / 2 + 0.5);
		}
		if (item.forbidden) {
			context.strokeStyle = colour('--violation');
			context.lineWidth = 2;
			context.strokeRect(x + 1.5, y + 1.5, cell - 3, cell - 3);
		}
	}
}

function drawLines(context, state, { cell, left, top }, colour) {
	const { list, at } = state;
	const side = list.length * cell;
	context.strokeStyle = colour('--line');
	context.lineWidth = 0.5;
	context.beginPath();
	for (let i = 0; i <= list.length; i++) {
		context.moveTo(left, top + i * cell);
		context.lineTo(left + side, top + i * cell);
		context.moveTo(left + i * cell, top);
		context.lineTo(left + i * cell, top + side);
	}
	context.stroke();
	context.strokeStyle = colour('--violation');
	context.lineWidth = 2;
	for (let i = 0; i < list.length; ) {
		let end = i + 1;
		while (end < list.length && list[i].circle >= 0 && list[end].circle === list[i].circle) end++;
		if (list[i].circle >= 0) context.strokeRect(left + i * cell, top + i * cell, (end - i) * cell, (end - i) * cell);
		i = end;
	}
	context.strokeStyle = colour('--accent');
	if (at.row >= 0 && at.column >= 0) context.strokeRect(left + at.column * cell, top + at.row * cell, cell, cell);
}

function drawMatrix(canvas, state, geometry) {
	const { cell, left, top } = geometry;
	const ratio = Math.min(2, window.devicePixelRatio || 1);
	const side = state.list.length * cell;
	const colour = colours(canvas);
	canvas.width = (left + side + 2) * ratio;
	canvas.height = (top + side + 2) * ratio;
	canvas.style.setProperty('width', `${left + side + 2}px`);
	canvas.style.setProperty('height', `${top + side + 2}px`);
	const context = canvas.getContext('2d');
	context.scale(ratio, ratio);
	context.textBaseline = 'middle';
	drawNames(context, state, geometry, colour);
	drawCells(context, state, geometry, colour);
	drawLines(context, state, geometry, colour);
}

const shortPath = (path) => path.split('/').slice(-2).join('/');

async function cellPanel(model, state, row, column) {
	const [from, to] = [state.list[row], state.list[column]];
	if (!from || !to) return null;
	const item = state.cells.get(row * state.list.length + column);
	if (from.isRest || to.isRest || (row === column && !from.domain)) {
		return [
			h('h2', {}, nameOf(from.key), row === column ? '' : [' → ', nameOf(to.key)]),
			facts([['Weight', item && number(item.weight)]]),
		];
	}
	if (row === column) {
		return [
			h('h2', {}, nameOf(from.key)),
			facts([
				['Lines', number(from.file ? from.file.code_lines : from.domain.lines)],
				['In a circle', from.circle >= 0 ? 'yes' : 'no'],
			]),
		];
	}
	if (!item) return [h('h2', {}, nameOf(from.key), ' → ', nameOf(to.key)), h('p', { class: 'muted' }, 'No dependency.')];
	const files = await model.files();
	const symbols =
		from.domain === to.domain
			? []
			: (await model.load('symbols.' + from.domain.number))
					.objects()
					.filter((r) => r.to === to.domain.number && (!to.file || r.file === to.file.number))
					.map((r) => ({ ...r, file: files[r.file]?.file }));
	return [
		h('h2', {}, nameOf(from.key), ' → ', nameOf(to.key)),
		facts([
			['Weight', number(item.weight)],
			['Seen in runs', item.observed > 0 ? number(item.observed) : null],
		]),
		item.forbidden
			? h('p', { class: 'warning' }, 'Forbidden by the declared architecture.')
			: item.isBack &&
				h(
					'p',
					{ class: 'warning' },
					'Points back: it closes a circle. Cutting it, or turning it round, would let the parts stand in layers.',
				),
		from.file && h('p', { class: 'muted' }, 'Symbols are told for the whole domain ', nameOf(from.domain.domain), '.'),
		symbols.length > 0 &&
			dataTable({
				caption: `Symbols that ${from.key} uses of ${to.key}`,
				rows: symbols,
				sort: '-sites',
				columns: [
					{
						key: 'symbol',
						label: 'Symbol',
						grow: true,
						render: (r) =>
							['call', 'indirect', 'observed'].includes(r.kind)
								? functionName(r.symbol, r.file)
								: h('bdi', { class: 'name code' }, r.symbol),
					},
					{ key: 'kind', label: 'Kind' },
					{ key: 'sites', label: 'Places', numeric: true, render: (r) => number(r.sites) },
					model.hasRuns && { key: 'observed', label: 'Seen', numeric: true, render: (r) => number(r.observed) },
				].filter(Boolean),
			}),
	];
}

export async function render(page, route, model) {
	const opened = (route.params.open ?? '').split('|').filter((name) => model.domain(name));
	const state = { ...ordered(await itemsOf(model, opened)), at: { row: -1, column: -1 }, numbers: route.params.numbers !== '0' };
	const count = state.list.length;
	const at = (name) => state.list.findIndex((item) => item.key === name);
	const available = Math.max(420, (document.getElementById('main').clientWidth || 1100) - 420);
	const geometry = { left: 190, top: 22, cell: Math.max(9, Math.min(30, Math.floor((available - 190) / Math.max(1, count)))) };
	const canvas = h('canvas', {
		class: 'matrix',
		tabindex: '0',
		role: 'application',
		'aria-label': 'Dependency matrix: arrow keys go from cell to cell, Enter opens a domain; a table follows',
	});
	const panel = h('aside', { class: 'panel', 'aria-live': 'polite', 'aria-label': 'About the chosen cell' });
	const redraw = () => drawMatrix(canvas, state, geometry);
	const intro = () => [
		h('h2', {}, 'How to read it'),
		h(
			'p',
			{},
			'A row needs what stands in its columns. What uses stands above what is used, so a system in layers has all its cells above the diagonal.',
		),
		h(
			'p',
			{},
			h('span', { class: 'swatch swatch-back' }, 'below'),
			' the diagonal: points back and closes a circle. Boxes hold parts that need each other.',
		),
		h('p', {}, 'Click a cell for its symbols, a name to open the domain.'),
		h(
			'p',
			{ class: 'muted' },
			`${plural(count, 'row')}, ${plural(state.cells.size, 'dependency', 'dependencies')}, ${[...state.cells.values()].filter((c) => c.isBack).length} of them back.`,
		),
	];
	let turn = 0;
	async function choose(row, column) {
		state.at = { row, column };
		redraw();
		const mine = ++turn;
		const content = await cellPanel(model, state, row, column);
		if (mine === turn) replace(panel, content ?? intro());
	}
	function open(item) {
		if (!item || item.isRest) return;
		const name = item.domain.domain;
		const next = opened.includes(name) ? opened.filter((other) => other !== name) : [...opened, name];
		location.hash = link('matrix', [], { ...route.params, open: next.join('|') });
	}
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
		canvas.title =
			row >= 0 && row < count && column >= 0 && column < count ? `${state.list[row].key} → ${state.list[column].key}` : '';
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
	document.addEventListener('themechange', redraw);
	page.append(
		heading(
			'Dependencies',
			'Who needs whom, ordered so that layers show.',
			toggle('Numbers', state.numbers, (on) => {
				state.numbers = on;
				redraw();
			}),
			opened.length > 0 && h('button', { type: 'button', onclick: () => (location.hash = link('matrix')) }, 'Close all'),
		),
		h('div', { class: 'matrix-box' }, h('div', { class: 'matrix-picture' }, canvas), panel),
		h(
			'details',
			{ class: 'as-table' },
			h('summary', {}, 'The same as a table'),
			h(
				'p',
				{},
				'Open a domain: ',
				model.domains.map((domain) => [
					h(
						'a',
						{
							href: link('matrix', [], {
								...route.params,
								open: (opened.includes(domain.domain)
									? opened.filter((o) => o !== domain.domain)
									: [...opened, domain.domain]
								).join('|'),
							}),
							class: 'name',
							'aria-pressed': null,
						},
						opened.includes(domain.domain) ? `close ${domain.domain}` : domain.domain,
					),
					' ',
				]),
			),
			dataTable({
				caption: 'Dependencies',
				rows: [...state.cells.values()],
				sort: '-weight',
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
					{ key: 'weight', label: 'Weight', numeric: true, render: (c) => number(c.weight) },
					{ key: 'back', label: 'Closes a circle', value: (c) => (c.isBack ? 'yes' : '') },
					{
						key: 'show',
						label: '',
						fixed: true,
						value: () => '',
						render: (c) => h('button', { type: 'button', onclick: () => choose(c.row, c.column) }, 'Symbols'),
					},
				],
			}),
		),
	);
	replace(panel, intro());
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
