// SPDX-License-Identifier: GPL-3.0-or-later
// What someone who never saw the codebase wants to know first.
import { add, h } from '../dom.js';
import { card, debtCell, domainName, heading, meter, nameOf, severity, sparkline } from '../parts.js';
import { link } from '../route.js';
import { compact, decimal, effort, number, percent, plural } from '../text.js';
import { changesSummary } from './drift.js';

const MEASURES = [
	['lines', 'Lines of code', compact, 'hotspots', 'Lines that hold code, headers included'],
	['functions', 'Functions', compact, 'hotspots', 'Functions defined in the codebase'],
	[
		'debt',
		'Debt',
		(value) => decimal(value, 0),
		'map',
		'0 to 100: how hard the structure makes it to change one part alone',
		'of 100',
	],
	[
		'propagation',
		'Change reach',
		(value) => percent(value),
		'matrix',
		'Propagation cost: the share of all files that a change in one file can reach, on average',
	],
	['findings', 'Findings', compact, 'findings', 'Verdicts of rules, each with its place'],
	['tasks', 'Open tasks', compact, 'tasks', 'Pieces of work that findings were put together into'],
];

const RESTS_ON_RUNS = ['findings', 'tasks'];

const hasValue = (value) => value !== null && value !== undefined;

function measures(model) {
	const before = model.trend[model.trend.length - 2];
	// Some rules need runs: where one release was traced and the other was not, the two are not alike.
	const unlike =
		before && model.hasRuns !== before.observations > 0 && (model.hasRuns ? ', which was not traced' : ', which was traced');
	return h(
		'ul',
		{ class: 'measures' },
		MEASURES.filter(([key]) => hasValue(model.now[key])).map(([key, label, format, view, title, unit]) => {
			const change = before && hasValue(before[key]) ? model.now[key] - before[key] : null;
			const least = key === 'propagation' ? 0.0005 : 0.5;
			const told =
				change === null
					? null
					: Math.abs(change) < least
						? 'unchanged'
						: `${change > 0 ? '+' : '−'}${key === 'propagation' ? percent(Math.abs(change), 1) : compact(Math.abs(Math.round(change)))}`;
			return h(
				'li',
				{},
				h(
					'a',
					{ class: 'measure', href: link(view), title },
					h('span', { class: 'measure-label' }, label),
					h('span', { class: 'measure-value' }, format(model.now[key]), unit && h('small', {}, unit)),
					h(
						'span',
						{ class: 'measure-trend' },
						sparkline(
							model.trend.map((release) => release[key]),
							label,
							least,
						),
						told && h('span', { class: 'muted' }, told, ' since ', nameOf(before.release), RESTS_ON_RUNS.includes(key) && unlike),
					),
				),
			);
		}),
	);
}

/** The codebase in one paragraph. */
function sentence(model) {
	const circles = new Map();
	for (const domain of model.domains) if (domain.cycle !== null) circles.set(domain.cycle, (circles.get(domain.cycle) ?? 0) + 1);
	const largest = Math.max(0, ...circles.values());
	const share = model.domains.length ? largest / model.domains.length : 0;
	const parts = [`${plural(model.domains.length, 'domain')} in ${plural(model.now.files, 'file')}.`];
	if (!largest) parts.push('No domains need each other in a circle: the parts stand on their own.');
	else
		parts.push(
			`${largest === model.domains.length ? 'All' : largest} of them need each other in a circle${share > 0.7 ? ': the code has parts, but hardly one can be taken out, tested or built alone.' : '.'}`,
		);
	const reach = model.coverage.find((row) => row.what === 'functions reachable from entry points');
	if (reach && reach.total)
		parts.push(`${percent(reach.seen / reach.total)} of the functions can be reached from an entry point.`);
	if (!model.hasRuns) parts.push('Nothing was traced yet, so all of this is what the source says, not what runs.');
	else {
		const seen = model.coverage.find((row) => row.what === 'functions observed');
		if (seen)
			parts.push(
				`${percent(seen.seen / Math.max(1, seen.total))} of all functions were seen in ${plural(model.now.observations, 'traced run')}.`,
			);
	}
	return parts.join(' ');
}

// Rows that say how the others came about: they are in the model, and would not be read here.
const DETAIL = /only$|by stored|by flow|in mode none$/;
// Of these, few are no fault, and all no merit.
const NO_GAP = /^(headers taken as public|modules |observed calls that the source)/;
// What the rest depends on comes first; what is not named here keeps its order, after these.
const FIRST = [
	'compile commands',
	'units',
	'lines',
	'includes',
	'indirect call sites',
	'calls that use',
	'functions reachable',
	'flows',
];

function coverage(model) {
	const gap = (row) => (row.total && !NO_GAP.test(row.what) ? 1 - row.seen / row.total : 0);
	const place = (row) => (FIRST.findIndex((start) => row.what.startsWith(start)) + FIRST.length + 1) % (FIRST.length + 1);
	const rows = model.coverage.filter((row) => row.total > 0 && !DETAIL.test(row.what)).sort((a, b) => place(a) - place(b));
	return h(
		'table',
		{ class: 'bars' },
		h('caption', { class: 'offscreen' }, 'How much was seen'),
		h(
			'tbody',
			{},
			rows.map((row) =>
				h(
					'tr',
					{},
					h('th', { scope: 'row' }, row.what),
					h(
						'td',
						{ class: 'grow' },
						meter(row.seen / row.total, `${number(row.seen)} of ${number(row.total)}`, gap(row) > 0.5 ? 'is-low' : ''),
					),
				),
			),
		),
	);
}

function worstDomains(model) {
	const worst = [...model.domains].sort((a, b) => b.debt * Math.sqrt(b.lines) - a.debt * Math.sqrt(a.lines)).slice(0, 8);
	return h(
		'table',
		{ class: 'data compact' },
		h('caption', { class: 'offscreen' }, 'Domains with the most debt for their size'),
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				h('th', { scope: 'col', class: 'grow' }, 'Domain'),
				h('th', { scope: 'col', class: 'numeric' }, 'Lines'),
				h('th', { scope: 'col', class: 'numeric' }, 'Findings'),
				h('th', { scope: 'col', class: 'numeric' }, 'Debt'),
			),
		),
		h(
			'tbody',
			{},
			worst.map((domain) =>
				h(
					'tr',
					{},
					h('td', { class: 'grow' }, domainName(domain.domain)),
					h('td', { class: 'numeric' }, compact(domain.lines)),
					h('td', { class: 'numeric' }, number(domain.findings)),
					h('td', { class: 'numeric' }, debtCell(domain.debt)),
				),
			),
		),
	);
}

function topTasks(model) {
	const open = model.tasks.filter((task) => task.status === 'open' || task.status === 'reopened').slice(0, 8);
	if (!open.length) return h('p', { class: 'muted' }, 'No open tasks.');
	return h(
		'ol',
		{ class: 'task-list' },
		open.map((task) =>
			h(
				'li',
				{},
				h('a', { href: link('tasks', [task.task]), class: 'name' }, task.title),
				h('span', { class: 'muted' }, `${task.goal} · ${effort(task.effort)} · ${plural(task.findings, 'finding')}`),
			),
		),
	);
}

export async function render(page, route, model) {
	const severities = new Map();
	for (const finding of await model.findings()) severities.set(finding.severity, (severities.get(finding.severity) ?? 0) + 1);
	const when = model.now.created_at?.slice(0, 10);
	add(
		page,
		heading(nameOf(model.meta.title), [
			['release ', nameOf(model.meta.release)],
			when && ` · scanned ${when}`,
			model.now.commit && [' · commit ', h('code', {}, model.now.commit.slice(0, 10))],
		]),
		h('p', { class: 'lead' }, sentence(model)),
		measures(model),
		h(
			'div',
			{ class: 'columns' },
			card('What to do next', topTasks(model), h('p', { class: 'card-more' }, h('a', { href: link('tasks') }, 'All tasks'))),
			card(
				'Where it hurts',
				worstDomains(model),
				h(
					'p',
					{ class: 'card-more' },
					h('a', { href: link('map') }, 'Domain map'),
					' · ',
					h('a', { href: link('hotspots') }, 'Hotspots'),
				),
				h(
					'p',
					{ class: 'severity-row' },
					['critical', 'major', 'minor', 'info']
						.filter((s) => severities.has(s))
						.map((s) => h('a', { href: link('findings', [], { severity: s }) }, severity(s), ' ', number(severities.get(s)))),
				),
			),
		),
		h(
			'div',
			{ class: 'columns' },
			card('What changed', await changesSummary(model)),
			card(
				'What was seen',
				coverage(model),
				!model.hasRuns &&
					h(
						'p',
						{ class: 'muted' },
						'Run the program under ',
						h('code', {}, 'sightline trace'),
						' and the map tells code that runs from code that only could.',
					),
			),
		),
	);
}
