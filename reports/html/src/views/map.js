// SPDX-License-Identifier: GPL-3.0-or-later
// The map: level by level, only as much at once as can be read.
import { add, h, replace } from '../dom.js';
import { graph } from '../graph.js';
import { circleOf, layered, levels } from '../layout.js';
import { LABEL, SUBLABEL, widthOf } from '../measure.js';
import { MOST_NODES, domainLevel, edgeKind, fileLevel, functionLevel, utilities } from '../map_levels.js';
import { COGNITIVE, DEBT, band, choice, debtLegend, facts, functionName, heading, link, nameOf, toggle } from '../parts.js';
import { domainLink, fileLink, functionLink, own } from '../route.js';
import { symbolsOf } from '../matrix_symbols.js';
import { dataTable } from '../table.js';
import { basename, compact, decimal, number, percent, plural } from '../text.js';

const KINDS = [
	['', 'any'],
	['call', 'calls'],
	['data', 'variables'],
	['type', 'types, fields, macros'],
];
const KIND_BITS = { call: 1, data: 2, type: 4 };
const SEEN = [
	['', 'any'],
	['static', 'only in the source'],
	['both', 'in the source and in runs'],
	['observed', 'only in runs'],
];
const KIND_NAMES = {
	static: 'in the source, not seen in runs',
	both: 'in the source and seen in runs',
	observed: 'seen in runs only',
};

const isViolation = (edge) => Boolean(edge.forbidden || edge.upward || edge.cut);

/** Where the map stands: domains, a domain's files, a file's functions. */
async function levelOf(model, args, most) {
	const domain = args[0] === undefined ? null : model.domain(args[0]);
	if (!domain) return { ...domainLevel(model, most), what: 'domain', crumbs: [] };
	if (args[1] === undefined)
		return { ...(await fileLevel(model, domain, most, levels)), what: 'file', domain, crumbs: [domain.domain] };
	const file = (await model.files())[(await model.fileNumbers()).get(args[1])];
	if (!file) return { ...(await fileLevel(model, domain, most, levels)), what: 'file', domain, crumbs: [domain.domain] };
	return {
		...(await functionLevel(model, file, most, levels)),
		what: 'function',
		domain,
		file,
		crumbs: [domain.domain, file.file],
	};
}

/** Which edges are drawn before anything is pointed at: the strongest, and what breaks rules. */
export function strongest(edges, count) {
	const order = edges
		.map((_, i) => i)
		.sort((a, b) => edges[b].weight + edges[b].observed - edges[a].weight - edges[a].observed || a - b);
	return new Set(order.slice(0, count));
}

function filtered(level, params) {
	const hidden = params.utilities === 'hide' ? utilities(level.nodes.length, level.edges) : [];
	const keep = level.nodes.map((_, i) => !hidden[i]);
	const place = [];
	let next = 0;
	keep.forEach((is, i) => (place[i] = is ? next++ : -1));
	const least = Number(params.weight) || 0;
	const edges = level.edges
		.filter(
			(edge) =>
				keep[edge.from] &&
				keep[edge.to] &&
				(!own(KIND_BITS, params.kind) || edge.kinds & KIND_BITS[params.kind]) &&
				(!params.seen || edgeKind(edge) === params.seen) &&
				(params.violations !== '1' || isViolation(edge)) &&
				edge.weight + edge.observed >= least,
		)
		.map((edge) => ({ ...edge, from: place[edge.from], to: place[edge.to] }));
	return { ...level, nodes: level.nodes.filter((_, i) => keep[i]), edges, utilities: hidden.filter(Boolean).length };
}

const WIDEST = 210;

function size(nodes) {
	const largest = Math.max(1, ...nodes.map((node) => node.size ?? 0));
	for (const node of nodes) {
		const share = Math.sqrt((node.size ?? 0) / largest);
		const text = Math.max(widthOf(node.label, LABEL) + 20, widthOf(node.sub ?? '', SUBLABEL) + 16) + (node.marks ? 26 : 0); // the label is in the middle, a mark to its right
		node.width = Math.max(Math.min(text, WIDEST), node.isOutside ? 84 : 84 + 96 * share);
		node.height = node.isOutside || node.isFolded ? 36 : 38 + 40 * share;
	}
}

function dress(level, params) {
	const scale = level.what === 'function' ? COGNITIVE : DEBT;
	for (const node of level.nodes) {
		if (node.isOutside || node.isFolded) node.kind = node.isFolded ? 'is-folded' : 'is-outside';
		else if (params.color === 'exclusivity' && level.what === 'domain') node.kind = 'band-' + band(node.exclusivity);
		else node.kind = Number.isFinite(node.debt) ? 'ramp-' + scale.step(node.debt) : 'band-unknown';
	}
	if (level.what !== 'domain') {
		const circle = circleOf(
			level.nodes.length,
			level.edges.filter((edge) => edge.weight > 0 && !level.nodes[edge.from].isOutside && !level.nodes[edge.to].isOutside),
		);
		level.nodes.forEach((node, i) => (node.marks = circle[i] >= 0 ? '↻' : ''));
		for (const edge of level.edges) if (circle[edge.from] >= 0 && circle[edge.from] === circle[edge.to]) edge.inCircle = true;
	}
	size(level.nodes);
	const heaviest = Math.max(1, ...level.edges.map((edge) => edge.weight + edge.observed));
	const drawn = strongest(level.edges, Number(params.edges) || Math.max(30, Math.round(level.nodes.length * 1.6)));
	level.edges.forEach((edge, i) => {
		edge.kind = edgeKind(edge);
		edge.width = 0.9 + 4.2 * Math.sqrt((edge.weight + edge.observed) / heaviest);
		edge.isHidden = !drawn.has(i) && !(edge.forbidden || params.violations === '1');
		edge.classes = [edge.forbidden && 'is-forbidden', (edge.upward || edge.cut) && 'is-upward', edge.isIndirect && 'is-indirect']
			.filter(Boolean)
			.join(' ');
		if (edge.classes.includes('is-forbidden') || edge.classes.includes('is-upward')) edge.kind = 'violation-' + edge.kind;
		edge.about = edgeText(level, edge);
	});
	level.hiddenEdges = level.edges.filter((edge) => edge.isHidden).length;
	return scale;
}

function edgeText(level, edge) {
	const parts = [`${level.nodes[edge.from].key} → ${level.nodes[edge.to].key}`, `weight ${compact(edge.weight)}`];
	if (edge.observed > 0) parts.push(`seen ${number(edge.observed)} times in runs`);
	if (edge.symbols) parts.push(plural(edge.symbols, 'symbol'));
	if (edge.confidence !== undefined && edge.confidence < 1) parts.push(`confidence ${decimal(edge.confidence)}`);
	if (edge.forbidden) parts.push('forbidden by the declared architecture');
	if (edge.upward || edge.cut) parts.push('closes a circle');
	return parts.join(' · ');
}

function openLink(level, node) {
	if (node.isFunction) return functionLink(node.function.name, node.function.file.file);
	if (node.isFolded) return null;
	if (node.domain) return link('map', [node.domain.domain]);
	return link('map', [level.domain.domain, node.key]);
}

const pageLink = (node) =>
	node.isFunction
		? functionLink(node.function.name, node.function.file.file)
		: node.domain
			? domainLink(node.domain.domain)
			: node.isFile
				? fileLink(node.key)
				: null;

function panelOf(level, at) {
	const node = level.nodes[at];
	if (!node) return null;
	const lines = (edges, end) =>
		edges
			.sort((a, b) => b.weight + b.observed - a.weight - a.observed)
			.slice(0, 12)
			.map((edge) =>
				h(
					'li',
					{},
					nameOf(level.nodes[edge[end]].label),
					' ',
					h(
						'span',
						{ class: 'muted' },
						compact(edge.weight),
						edge.observed > 0 && ` · seen ${compact(edge.observed)}`,
						isViolation(edge) && ' · against the layers',
					),
				),
			);
	const out = level.edges.filter((edge) => edge.from === at);
	const into = level.edges.filter((edge) => edge.to === at);
	const domain = !node.isOutside && node.domain;
	return [
		h('h2', {}, nameOf(node.label)),
		node.isFolded
			? h('p', {}, node.about)
			: facts([
					['Lines', node.size ? number(node.size) : null],
					['Debt', domain ? decimal(domain.debt, 0) : node.isFile && !node.isOutside ? decimal(node.debt ?? 0, 0) : null],
					['Cognitive complexity', node.isFunction ? number(node.function.cognitive) : null],
					['Exclusive functions', domain ? percent(domain.exclusivity) : null],
					['Cohesion', domain ? decimal(domain.cohesion) : null],
					['Findings', domain ? number(domain.findings) : node.findings],
					['In a circle', node.marks ? 'yes' : null],
				]),
		h(
			'p',
			{ class: 'panel-links' },
			openLink(level, node) && h('a', { class: 'button', href: openLink(level, node) }, 'Open'),
			pageLink(node) && pageLink(node) !== openLink(level, node) && h('a', { href: pageLink(node) }, 'All about it'),
		),
		out.length > 0 && [h('h3', {}, `Needs ${out.length}`), h('ul', { class: 'plain-list' }, lines(out, 'to'))],
		into.length > 0 && [h('h3', {}, `Needed by ${into.length}`), h('ul', { class: 'plain-list' }, lines(into, 'from'))],
	];
}

function summary(level, model) {
	const marked = level.nodes.filter((node) => node.marks && !node.isOutside).length;
	const violations = level.edges.filter(isViolation).length;
	return h('p', { class: 'map-summary muted' }, [
		`${plural(level.nodes.filter((n) => !n.isOutside && !n.isFolded).length, level.what)}, ${plural(level.edges.length, 'dependency', 'dependencies')}`,
		level.hiddenEdges > 0 && `, of which the ${number(level.hiddenEdges)} lighter ones appear when you point at a part`,
		'.',
		marked > 0 && ` ${number(marked)} of the parts need each other in a circle (↻).`,
		violations > 0 && ` ${plural(violations, 'dependency', 'dependencies')} against the layers.`,
		model.hasRuns ? '' : ' Nothing was traced.',
		h('span', { class: 'screen-only' }, ' Click for details; double-click or Enter opens.'),
	]);
}

/** Symbols that several files name, once. */
function bySymbol(rows) {
	const sums = new Map();
	for (const row of rows) {
		const key = `${row.to}\n${row.symbol}\n${row.kind}`;
		if (sums.has(key)) sums.get(key).sites += row.sites;
		else sums.set(key, { ...row, file: row.to });
	}
	return [...sums.values()].sort((a, b) => b.sites - a.sites);
}

async function edgePanel(level, edge, model) {
	const [from, to] = [level.nodes[edge.from], level.nodes[edge.to]];
	let rows = [];
	if (from.domain && to.domain && level.what === 'domain') rows = bySymbol(await symbolsOf(model, from, to));
	return [
		h('h2', {}, nameOf(from.label), ' → ', nameOf(to.label)),
		h('p', {}, edge.about.split(' · ').slice(1).join(' · ')),
		rows.length > 0 && [
			h('h3', {}, 'What it is made of'),
			h(
				'ul',
				{ class: 'plain-list' },
				rows
					.slice(0, 25)
					.map((row) =>
						h(
							'li',
							{},
							row.kind === 'call' || row.kind === 'indirect' || row.kind === 'observed'
								? functionName(row.symbol, row.file)
								: h('bdi', { class: 'name code' }, row.symbol),
							h('span', { class: 'muted' }, ` ${row.kind} × ${number(row.sites)}`),
						),
					),
			),
			rows.length > 25 && h('p', { class: 'muted' }, `and ${rows.length - 25} more`),
			h('p', {}, h('a', { href: link('matrix', [from.key, to.key]) }, 'All of it in the matrix')),
		],
	];
}

function legend(level, scale, params, model) {
	const line = (kind, text) =>
		h('span', { class: 'legend-item' }, h('span', { class: 'line-sample line-' + kind, 'aria-hidden': 'true' }), text);
	return h(
		'div',
		{ class: 'map-legend' },
		params.color === 'exclusivity' && level.what === 'domain'
			? h(
					'div',
					{ class: 'legend' },
					h('span', {}, 'Functions no other domain calls'),
					h('span', { class: 'swatch band-high' }, 'high > 66 %'),
					h('span', { class: 'swatch band-medium' }, 'medium'),
					h('span', { class: 'swatch band-low' }, 'low < 33 %'),
				)
			: debtLegend(scale, level.what === 'function' ? 'Cognitive complexity' : 'Debt'),
		h(
			'div',
			{ class: 'legend' },
			line('static', model.hasRuns ? 'in the source' : 'dependency'),
			model.hasRuns && [line('both', 'and seen in runs'), line('observed', 'seen in runs only')],
			level.what === 'domain' && line('violation', 'against the layers'),
			h('span', { class: 'legend-item' }, 'the wider, the more'),
			h('span', { class: 'legend-item' }, h('span', { class: 'mark-sample' }, '↻'), 'in a circle'),
		),
	);
}

function asTable(level) {
	return h(
		'details',
		{ class: 'as-table' },
		h('summary', {}, 'The same as a table'),
		h('h3', {}, 'Parts'),
		dataTable({
			caption: 'Parts of the map',
			rows: level.nodes,
			sort: '-size',
			columns: [
				{
					key: 'key',
					label: 'Name',
					grow: true,
					render: (node) =>
						openLink(level, node) ? h('a', { href: openLink(level, node), class: 'name' }, node.key) : nameOf(node.key),
				},
				{ key: 'size', label: 'Lines', numeric: true, render: (node) => number(node.size) },
				{
					key: 'debt',
					label: level.what === 'function' ? 'Cognitive' : 'Debt',
					numeric: true,
					render: (node) => decimal(node.debt ?? null, 0),
				},
				{ key: 'circle', label: 'In a circle', value: (node) => (node.marks ? 'yes' : '') },
			],
		}),
		h('h3', {}, 'Dependencies'),
		dataTable({
			caption: 'Dependencies of the map',
			rows: level.edges,
			sort: '-weight',
			columns: [
				{
					key: 'from',
					label: 'From',
					value: (edge) => level.nodes[edge.from].key,
					render: (edge) => nameOf(level.nodes[edge.from].key),
					grow: true,
				},
				{
					key: 'to',
					label: 'To',
					value: (edge) => level.nodes[edge.to].key,
					render: (edge) => nameOf(level.nodes[edge.to].key),
					grow: true,
				},
				{ key: 'weight', label: 'Weight', numeric: true, render: (edge) => compact(edge.weight) },
				{ key: 'observed', label: 'Seen in runs', numeric: true, render: (edge) => number(edge.observed) },
				{ key: 'how', label: 'How', value: (edge) => KIND_NAMES[edgeKind(edge)] },
				{ key: 'violation', label: 'Against the layers', value: (edge) => (isViolation(edge) ? 'yes' : '') },
			],
		}),
	);
}

export async function render(page, route, model) {
	const params = route.params;
	const go = (changes) => (location.hash = link('map', route.args, { ...params, ...changes }));
	const full = await levelOf(model, route.args, params.all === '1' ? Infinity : MOST_NODES);
	const level = filtered(full, params);
	const scale = dress(level, params);
	const layout = layered(
		level.nodes,
		level.edges.filter((edge) => !edge.isHidden),
	);
	level.nodes.forEach((node, i) => Object.assign(node, layout.positions[i]));
	const panel = h('aside', { class: 'panel', 'aria-live': 'polite', 'aria-label': 'About what is chosen' }, panelOf(level, -1));
	const tell = (content) =>
		replace(
			panel,
			content && [
				h(
					'button',
					{ type: 'button', class: 'plain close', 'aria-label': 'Close', onclick: () => (drawing.select(-1), replace(panel)) },
					'×',
				),
				content,
			],
		);
	const drawing = graph({
		nodes: level.nodes,
		edges: level.edges,
		width: layout.width,
		height: layout.height,
		label: `Map of ${level.what}s; a table follows`,
		on: {
			select: (at) => tell(panelOf(level, at)),
			open: (at) =>
				openLink(level, level.nodes[at])
					? (location.hash = openLink(level, level.nodes[at]))
					: level.nodes[at].isFolded && go({ all: 1 }),
			edge: async (at) => tell(await edgePanel(level, level.edges[at], model)),
		},
	});
	const found = h('span', { class: 'muted', 'aria-live': 'polite' });
	const crumbs = h(
		'nav',
		{ class: 'crumbs', 'aria-label': 'Where you are' },
		h(
			'ol',
			{},
			[
				['All domains', link('map')],
				level.domain && [level.domain.domain, link('map', [level.domain.domain])],
				level.file && [basename(level.file.file), link('map', route.args)],
			]
				.filter(Boolean)
				.map(([text, href], i, all) =>
					h('li', {}, h('a', { href, 'aria-current': i === all.length - 1 ? 'page' : null, class: 'name' }, text)),
				),
		),
	);
	const most = level.edges.length;
	const slider = h('input', {
		type: 'range',
		min: 0,
		max: most,
		value: most - level.hiddenEdges,
		'aria-label': 'How many dependencies are drawn',
		onchange: (event) => go({ edges: event.target.value }),
	});
	add(
		page,
		heading('Domain map', null),
		crumbs,
		h(
			'div',
			{ class: 'toolbar' },
			h('input', {
				type: 'search',
				class: 'filter',
				placeholder: 'Find in the map…',
				'aria-label': 'Find in the map',
				oninput: (event) =>
					replace(found, event.target.value ? `${drawing.find(event.target.value)} found` : (drawing.find(''), '')),
			}),
			found,
			level.what === 'domain' &&
				choice(
					'Colour',
					params.color ?? 'debt',
					[
						['debt', 'debt'],
						['exclusivity', 'exclusivity'],
					],
					(value) => go({ color: value === 'debt' ? null : value }),
				),
			level.what !== 'function' && choice('Kind', params.kind ?? '', KINDS, (value) => go({ kind: value })),
			model.hasRuns && choice('Seen', params.seen ?? '', SEEN, (value) => go({ seen: value })),
			h(
				'label',
				{ class: 'facet', title: 'How many dependencies are drawn, the strongest first' },
				h('span', {}, 'Shown'),
				slider,
			),
			toggle(
				'Hide utilities',
				params.utilities === 'hide',
				(on) => go({ utilities: on ? 'hide' : null }),
				'Leave out what most parts use and what uses little itself',
			),
			level.what === 'domain' && toggle('Only violations', params.violations === '1', (on) => go({ violations: on ? 1 : null })),
			full.folded > 0 &&
				h('button', { type: 'button', onclick: () => go({ all: 1 }) }, `Show all ${number(full.nodes.length + full.folded - 1)}`),
			params.all === '1' && h('button', { type: 'button', onclick: () => go({ all: null }) }, 'Fold again'),
		),
		summary(level, model),
		h(
			'div',
			{ class: 'map-box' },
			h(
				'div',
				{ class: 'map-picture' },
				drawing.element,
				h(
					'div',
					{ class: 'zoom-tools' },
					h('button', { type: 'button', 'aria-label': 'Zoom in', onclick: () => drawing.zoomBy(1.35) }, '+'),
					h('button', { type: 'button', 'aria-label': 'Zoom out', onclick: () => drawing.zoomBy(1 / 1.35) }, '−'),
					h('button', { type: 'button', 'aria-label': 'Fit', onclick: () => drawing.fit() }, '⤢'),
				),
			),
			panel,
		),
		legend(level, scale, params, model),
		asTable(level),
	);
	page.addEventListener('shown', () => drawing.fit(), { once: true });
	const refit = () => drawing.fit();
	window.addEventListener('resize', refit);
	return () => window.removeEventListener('resize', refit);
}
