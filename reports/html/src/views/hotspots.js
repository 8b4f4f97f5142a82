// SPDX-License-Identifier: GPL-3.0-or-later
// Files as areas: as large as their code, as dark as their debt, or as often as they change. What would be too small to see is folded.
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import { stepByRank, tree } from '../areas.js';
import { add, h, s } from '../dom.js';
import { fitText } from '../measure.js';
import { COGNITIVE, DEBT, choice, debtLegend, domainName, fileName, heading, link } from '../parts.js';
import { domainLink, fileLink, own } from '../route.js';
import { dataTable } from '../table.js';
import { basename, compact, decimal, number, plural } from '../text.js';

const WIDTH = 1200;
const HEIGHT = 680;
const LEAST = 130; // square units that a file must have to be seen
const MOST = 900;

const COLOURS = {
	debt: ['debt', (file) => file.debt, (value) => decimal(value, 0)],
	cognitive: ['cognitive complexity of the worst function', (file) => file.cognitive_max, number],
	churn: ['commits of a year', (file) => file.commits, number],
	findings: ['findings', (file) => file.findings, number],
	fan: ['files that use it', (file) => file.fan_in, number],
};

function draw(root, colour, scale) {
	treemap()
		.tile(treemapSquarify.ratio(1.3))
		.size([WIDTH, HEIGHT])
		.paddingOuter(3)
		.paddingTop((node) => (node.depth === 1 && node.x1 - node.x0 > 50 ? 19 : 3))
		.paddingInner(1.5)
		.round(true)(root);
	const svg = s('svg', {
		class: 'treemap',
		viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
		role: 'group',
		'aria-label': 'Files by size; a table follows',
	});
	for (const domain of root.children ?? []) {
		const wide = domain.x1 - domain.x0;
		const label = wide > 50 && fitText(domain.data.name, wide - 10, '600 11px');
		svg.append(
			s(
				'g',
				{ class: 'area-domain' },
				s('rect', { x: domain.x0, y: domain.y0, width: wide, height: domain.y1 - domain.y0, rx: 4 }),
				label &&
					s(
						'a',
						{
							href: link('hotspots', [domain.data.name]),
							'aria-label': `Only ${label === domain.data.name ? '' : label + ' '}${domain.data.name}`,
						},
						s('text', { x: domain.x0 + 6, y: domain.y0 + 13 }, label),
					),
			),
		);
		for (const leaf of domain.children ?? []) {
			const { file, small } = leaf.data;
			const [w, height] = [leaf.x1 - leaf.x0, leaf.y1 - leaf.y0];
			if (w <= 0 || height <= 0) continue;
			const told = file
				? `${file.file}: ${plural(file.code_lines, 'line')}, ${COLOURS[colour][0]} ${COLOURS[colour][2](COLOURS[colour][1](file))}`
				: `${leaf.data.name}, ${plural(leaf.value, 'line')}`;
			const hasText = w > 44 && height > 17;
			const text = hasText && fitText(file ? basename(file.file) : `${small.length} small`, w - 8, '400 11px');
			svg.append(
				s(
					'a',
					{
						href: file ? fileLink(file.file) : link('hotspots', [domain.data.name]),
						class: `area ${file ? 'ramp-' + scale.step(COLOURS[colour][1](file) ?? NaN) : 'is-small'}`,
						'aria-label': !text || told.includes(text) ? told : `${text} ${told}`, // what is to be seen can be spoken to
					},
					s('rect', { x: leaf.x0, y: leaf.y0, width: w, height, rx: 2 }),
					text && s('text', { x: leaf.x0 + 5, y: leaf.y0 + 14 }, text),
					s('title', {}, told),
				),
			);
		}
	}
	return svg;
}

export async function render(page, route, model) {
	const all = await model.files();
	const only = route.args[0];
	const files = only === undefined ? all : all.filter((file) => file.domain === only);
	const hasChurn = model.hasHistory;
	let colour = own(COLOURS, route.params.color) ? route.params.color : 'debt';
	if (colour === 'churn' && !hasChurn) colour = 'debt';
	const [label, value] = COLOURS[colour];
	const values = files.map(value);
	const scale = colour === 'debt' ? DEBT : colour === 'cognitive' ? COGNITIVE : stepByRank(values);
	const counted = files.filter((file) => file.code_lines > 0);
	const most = [...counted].sort((a, b) => b.code_lines - a.code_lines);
	const least = Math.max(
		LEAST,
		most.length > MOST ? (most[MOST].code_lines / most.reduce((sum, f) => sum + f.code_lines, 0)) * WIDTH * HEIGHT : 0,
	);
	const root = hierarchy(tree(counted, WIDTH * HEIGHT, least))
		.sum((d) => d.value ?? 0)
		.sort((a, b) => b.value - a.value || (a.data.name < b.data.name ? -1 : 1));
	const kinds = Object.entries(COLOURS)
		.filter(([key]) => key !== 'churn' || hasChurn)
		.map(([key, [text]]) => [key, text]);
	add(
		page,
		heading(
			'Hotspots',
			'An area is a file, as large as its code. Large and strong in colour is where work pays.',
			choice(
				'Colour',
				colour,
				kinds,
				(key) => (location.hash = link('hotspots', route.args, { ...route.params, color: key === 'debt' ? null : key })),
			),
		),
		h(
			'nav',
			{ class: 'crumbs', 'aria-label': 'Where you are' },
			h(
				'ol',
				{},
				h(
					'li',
					{},
					h('a', { href: link('hotspots', [], route.params), 'aria-current': only === undefined ? 'page' : null }, 'All domains'),
				),
				only !== undefined && h('li', {}, h('a', { href: domainLink(only), 'aria-current': 'page', class: 'name' }, only)),
			),
		),
		h('div', { class: 'picture' }, draw(root, colour, scale)),
		debtLegend(scale, label[0].toUpperCase() + label.slice(1)),
		!hasChurn &&
			h('p', { class: 'muted' }, 'How often files change is not told: the release was not scanned in a git repository.'),
		h('h2', {}, 'Files'),
		dataTable({
			caption: 'Files',
			rows: files,
			sort: '-hot',
			columns: [
				{ key: 'file', label: 'File', grow: true, render: (file) => fileName(file.file) },
				{ key: 'domain', label: 'Domain', render: (file) => domainName(file.domain) },
				{ key: 'code_lines', label: 'Lines', numeric: true, render: (file) => number(file.code_lines) },
				{ key: 'debt', label: 'Debt', numeric: true, render: (file) => decimal(file.debt, 0) },
				hasChurn && { key: 'commits', label: 'Commits', numeric: true, title: 'of the last year before the release' },
				{
					key: 'cognitive_max',
					label: 'Cognitive',
					numeric: true,
					title: 'of its worst function',
					render: (file) => number(file.cognitive_max),
				},
				{ key: 'fan_in', label: 'Used by', numeric: true, render: (file) => number(file.fan_in) },
				{ key: 'findings', label: 'Findings', numeric: true },
				{
					key: 'hot',
					label: 'Heat',
					numeric: true,
					title: `lines × ${label}, where the most is 100`,
					value: heat(files, value),
					render: (file) => decimal(heat(files, value)(file), 1),
				},
			].filter(Boolean),
		}),
	);
	if (!files.length) add(page, h('p', { class: 'empty' }, compact(0), ' files.'));
}

const heats = new WeakMap();
function heat(files, value) {
	if (!heats.has(value)) heats.set(value, new Map());
	const known = heats.get(value);
	if (!known.has(files)) known.set(files, Math.max(1e-9, ...files.map((file) => file.code_lines * (value(file) ?? 0))));
	const most = known.get(files);
	return (file) => (file.code_lines * (value(file) ?? 0) * 100) / most;
}
