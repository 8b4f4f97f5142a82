// SPDX-License-Identifier: GPL-3.0-or-later
// Two releases on the same picture: what came, what went, what changed.
import { SIGNS, driftOf } from '../changes.js';
import { add, h, replace } from '../dom.js';
import { graph } from '../graph.js';
import { layered } from '../layout.js';
import { LABEL, widthOf } from '../measure.js';
import {
	card,
	changeChip,
	changeLegend,
	domainName,
	facts,
	fileName,
	functionName,
	heading,
	link,
	nameOf,
	segments,
	severity,
	tabs,
} from '../parts.js';
import { own } from '../route.js';
import { dataTable } from '../table.js';
import { compact, decimal, lineCount, number, plural } from '../text.js';

const counts = (rows) => rows.reduce((sum, row) => ({ ...sum, [row.change]: (sum[row.change] ?? 0) + 1 }), {});

function countText(rows, what, many = what + 's') {
	const sum = counts(rows);
	const parts = ['added', 'removed', 'changed', 'moved'].filter((key) => sum[key]).map((key) => `${number(sum[key])} ${key}`);
	return parts.length ? `${many[0].toUpperCase()}${many.slice(1)}: ${parts.join(', ')}` : null;
}

const eventRow = (event) =>
	h(
		'li',
		{},
		severity(event.severity),
		' ',
		h('span', {}, event.kind.replaceAll('_', ' ')),
		' ',
		h('bdi', { class: 'name' }, event.subject),
		event.detail && ': ',
		event.detail && h('bdi', {}, event.detail),
	);

/** For the overview. */
export async function changesSummary(model) {
	const drift = await driftOf(model);
	if (!drift)
		return h(
			'p',
			{ class: 'muted' },
			'This is the first release in the model. Scan again after the next change and the report compares the two.',
		);
	const lines = [
		countText(drift.domains, 'domain'),
		countText(drift.edges, 'dependency', 'dependencies'),
		countText(drift.files, 'file'),
		countText(drift.functions, 'function'),
	].filter(Boolean);
	return [
		h('p', {}, 'Since release ', nameOf(model.meta.base), lines.length ? ':' : ' nothing changed.'),
		lines.length > 0 &&
			h(
				'ul',
				{ class: 'plain-list' },
				lines.map((line) => h('li', {}, line)),
			),
		drift.events.length > 0 && h('ul', { class: 'event-list' }, drift.events.slice(0, 6).map(eventRow)),
		h('p', { class: 'card-more' }, h('a', { href: link('drift') }, 'All changes')),
	];
}

/** side: old, new or both. Places are those of both together, so that a part stands where it stood. */
function picture(model, drift, side, on) {
	const lines = (domain) => (side === 'old' ? domain.old_lines : (domain.new_lines ?? domain.old_lines));
	const largest = Math.max(1, ...drift.domains.map((domain) => Math.max(domain.old_lines ?? 0, domain.new_lines ?? 0)));
	const place = new Map(drift.domains.map((domain, i) => [domain.domain, i]));
	const all = drift.domains.map((domain) => {
		const share = Math.sqrt(Math.max(domain.old_lines ?? 0, domain.new_lines ?? 0) / largest);
		return {
			key: domain.domain,
			level: model.domain(domain.domain)?.level ?? 0,
			width: Math.max(widthOf(domain.domain, LABEL) + 48, 90 + 80 * share),
			height: 38 + 34 * share,
			domain,
		};
	});
	const edges = drift.edges
		.map((edge) => ({
			...edge,
			from: place.get(edge.from),
			to: place.get(edge.to),
			weight: Math.max(edge.old_weight ?? 0, edge.new_weight ?? 0),
		}))
		.filter((edge) => edge.from !== undefined && edge.to !== undefined);
	const heaviest = Math.max(1, ...edges.map((edge) => edge.weight));
	const strong = new Set([...edges].sort((a, b) => b.weight - a.weight).slice(0, Math.round(all.length * 1.4)));
	const layout = layered(
		all,
		edges.filter((edge) => strong.has(edge) || edge.change !== 'same'),
		{ aspect: side === 'both' ? 1.7 : 1.1 },
	);
	const isThere = (item, before, after) =>
		side === 'old' ? item[before] !== null : side === 'new' ? item[after] !== null : true;
	const nodes = all.map((node, i) => {
		const { domain } = node;
		const delta = domain.old_lines !== null && domain.new_lines !== null ? domain.new_lines - domain.old_lines : null;
		const kind =
			side === 'both' ||
			(side === 'old' && domain.change === 'removed') ||
			(side === 'new' && domain.change === 'added') ||
			domain.change === 'changed'
				? domain.change
				: 'same';
		return {
			...node,
			...layout.positions[i],
			label: domain.domain,
			kind: `change-${kind}${isThere(domain, 'old_lines', 'new_lines') ? '' : ' is-absent'}`,
			marks: SIGNS[kind],
			sub: delta && side === 'both' ? `${delta > 0 ? '+' : '−'}${lineCount(Math.abs(delta))}` : lineCount(lines(domain)),
			about: `Domain ${domain.domain}: ${domain.change}, ${number(domain.old_lines)} → ${number(domain.new_lines)} lines`,
		};
	});
	const drawn = edges
		.filter((edge) => isThere(edge, 'old_weight', 'new_weight'))
		.map((edge) => ({
			...edge,
			kind: 'change-' + edge.change,
			width: 0.9 + 4 * Math.sqrt(edge.weight / heaviest),
			isHidden: edge.change === 'same' && !strong.has(edge),
			about: `${nodes[edge.from].key} → ${nodes[edge.to].key}: ${edge.change}, weight ${compact(edge.old_weight)} → ${compact(edge.new_weight)}`,
		}));
	return graph({
		nodes,
		edges: drawn,
		width: layout.width,
		height: layout.height,
		label: `Domains, ${side === 'both' ? 'both releases' : side + ' release'}`,
		on,
	});
}

function pictures(page, model, drift, mode) {
	const panel = h('p', { class: 'muted screen-only', 'aria-live': 'polite' }, 'Click a part or a line for its numbers.');
	const on = {
		select: (at) =>
			replace(
				panel,
				at >= 0 &&
					`${drift.domains[at].domain}: ${drift.domains[at].change}; lines ${number(drift.domains[at].old_lines)} → ${number(drift.domains[at].new_lines)}, debt ${decimal(drift.domains[at].old_debt, 1)} → ${decimal(drift.domains[at].new_debt, 1)}`,
			),
		open: (at) => model.domain(drift.domains[at].domain) && (location.hash = link('map', [drift.domains[at].domain])),
		edge: (at, edge) => replace(panel, edge.about),
	};
	const sides = mode === 'beside' ? ['old', 'new'] : ['both'];
	const drawings = sides.map((side) => picture(model, drift, side, on));
	page.addEventListener('shown', () => drawings.forEach((drawing) => drawing.fit()), { once: true });
	return [
		h(
			'div',
			{ class: mode === 'beside' ? 'beside' : '' },
			drawings.map((drawing, i) =>
				h(
					'figure',
					{ class: 'map-picture' },
					mode === 'beside' &&
						h(
							'figcaption',
							{},
							sides[i] === 'old' ? ['before: ', nameOf(model.meta.base)] : ['after: ', nameOf(model.meta.release)],
						),
					drawing.element,
				),
			),
		),
		changeLegend(),
		panel,
	];
}

const beforeAfter = (key, label) => [
	{ key: 'old_' + key, label: label + ' before', numeric: true, render: (row) => number(row['old_' + key]) },
	{ key: 'new_' + key, label: 'after', numeric: true, render: (row) => number(row['new_' + key]) },
];
const changeColumn = { key: 'change', label: 'Change', render: changeChip };
const changeFacet = { key: 'change', label: 'Change', value: (row) => row.change };

const TABLES = {
	events: [
		'Events',
		(drift) =>
			dataTable({
				caption: 'Events',
				rows: drift.events,
				empty: 'No events are recorded between these releases.',
				facets: [
					{ key: 'severity', label: 'Severity', value: (e) => e.severity },
					{ key: 'kind', label: 'Kind', value: (e) => e.kind },
				],
				columns: [
					{ key: 'severity', label: 'Severity', render: (e) => severity(e.severity) },
					{ key: 'kind', label: 'Kind' },
					{ key: 'subject', label: 'Subject', grow: true, render: (e) => nameOf(e.subject) },
					{ key: 'detail', label: 'How', grow: true, render: (e) => h('bdi', {}, e.detail) },
					{ key: 'file', label: 'Where', render: (e) => e.file && fileName(e.file, e.line) },
				],
			}),
	],
	domains: [
		'Domains',
		(drift) =>
			dataTable({
				caption: 'Domains',
				rows: drift.domains,
				facets: [changeFacet],
				columns: [
					{ key: 'domain', label: 'Domain', grow: true, render: (d) => domainName(d.domain) },
					changeColumn,
					...beforeAfter('lines', 'Lines'),
					...beforeAfter('functions', 'Functions'),
					...beforeAfter('debt', 'Debt'),
				],
			}),
	],
	edges: [
		'Dependencies',
		(drift) =>
			dataTable({
				caption: 'Dependencies',
				rows: drift.edges.filter((e) => e.change !== 'same'),
				empty: 'No dependency of domains changed.',
				facets: [changeFacet],
				columns: [
					{ key: 'from', label: 'From', grow: true, render: (e) => domainName(e.from) },
					{ key: 'to', label: 'To', grow: true, render: (e) => domainName(e.to) },
					changeColumn,
					...beforeAfter('weight', 'Weight'),
					...beforeAfter('symbols', 'Symbols'),
				],
			}),
	],
	files: [
		'Files',
		(drift) =>
			dataTable({
				caption: 'Files',
				rows: drift.files,
				empty: 'No file changed.',
				facets: [changeFacet],
				columns: [
					{ key: 'file', label: 'File', grow: true, render: (f) => fileName(f.file) },
					changeColumn,
					{
						key: 'new_domain',
						label: 'Domain',
						value: (f) => f.new_domain ?? f.old_domain,
						render: (f) => [
							f.old_domain && f.old_domain !== f.new_domain && [nameOf(f.old_domain), ' → '],
							f.new_domain && domainName(f.new_domain),
						],
					},
					...beforeAfter('lines', 'Lines'),
				],
			}),
	],
	functions: [
		'Functions',
		(drift) =>
			dataTable({
				caption: 'Functions',
				rows: drift.functions,
				empty: 'No function changed.',
				facets: [changeFacet],
				columns: [
					{ key: 'name', label: 'Function', grow: true, render: (f) => functionName(f.name, f.file) },
					changeColumn,
					{ key: 'domain', label: 'Domain', render: (f) => f.domain && domainName(f.domain) },
					...beforeAfter('lines', 'Lines'),
					...beforeAfter('cyclomatic', 'Cyclomatic'),
				],
			}),
	],
};

export async function render(page, route, model) {
	const drift = await driftOf(model);
	if (!drift) {
		add(
			page,
			heading('Drift', null),
			h(
				'p',
				{ class: 'hint' },
				'This is the first release in the model: there is nothing to compare it with. After the next scan the report shows what came, what went and what changed; ',
				h('code', {}, '--base NAME'),
				' chooses the older release.',
			),
		);
		return;
	}
	const what = own(TABLES, route.args[0]) ? route.args[0] : drift.events.length ? 'events' : 'edges';
	const mode = route.params.view === 'beside' ? 'beside' : 'both';
	add(
		page,
		heading(
			'Drift',
			['from ', nameOf(model.meta.base), ' to ', nameOf(model.meta.release)],
			segments([
				['On one picture', link('drift', route.args), mode === 'both'],
				['Side by side', link('drift', route.args, { view: 'beside' }), mode === 'beside'],
				['As a matrix', link('matrix', [], { view: 'drift' }), false],
			]),
		),
		facts([
			['Domains', countText(drift.domains, 'domain')?.split(': ')[1] ?? 'unchanged'],
			['Dependencies', countText(drift.edges, 'dependency', 'dependencies')?.split(': ')[1] ?? 'unchanged'],
			['Files', countText(drift.files, 'file')?.split(': ')[1] ?? 'unchanged'],
			['Functions', countText(drift.functions, 'function')?.split(': ')[1] ?? 'unchanged'],
			['Events', plural(drift.events.length, 'event')],
		]),
		...pictures(page, model, drift, mode),
		tabs(
			what,
			Object.entries(TABLES).map(([key, [text]]) => [key, text, link('drift', [key], route.params)]),
		),
		card(null, TABLES[what][1](drift)),
	);
}
