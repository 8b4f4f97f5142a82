// SPDX-License-Identifier: GPL-3.0-or-later
// All about one file.
import { add, h } from '../dom.js';
import { card, domainName, facts, fileName, functionName, heading, link, nameOf } from '../parts.js';
import { dataTable } from '../table.js';
import { basename, compact, decimal, number, plural } from '../text.js';
import { findingsTable } from './findings.js';

const KINDS = [
	[1, 'calls'],
	[2, 'variables'],
	[4, 'types and macros'],
	[8, 'include'],
];
const kindsText = (bits) =>
	KINDS.filter(([bit]) => bits & bit)
		.map(([, text]) => text)
		.join(', ');

function needs(table, files, number_) {
	const [from, to, weight, observed, kinds] = ['from', 'to', 'weight', 'observed', 'kinds'].map((c) => table.column(c));
	const rows = [];
	for (let i = 0; i < table.length; i++) {
		if (from[i] !== number_ && to[i] !== number_) continue;
		rows.push({
			way: from[i] === number_ ? 'needs' : 'needed by',
			other: files[from[i] === number_ ? to[i] : from[i]],
			weight: weight[i],
			observed: observed[i],
			kinds: kindsText(kinds[i]),
		});
	}
	return rows;
}

export async function render(page, route, model) {
	const files = await model.files();
	const file = files[(await model.fileNumbers()).get(route.args[0])];
	if (!file) {
		add(page, heading('No such file', null), h('p', {}, 'This release has no file ', nameOf(route.args[0] ?? ''), '.'));
		return;
	}
	const [functions, table, findings] = await Promise.all([
		model.functionsOf(file),
		file.domainNumber >= 0 ? model.load('deps.' + file.domainNumber) : null,
		model.findings(),
	]);
	const observed = model.hasRuns;
	add(
		page,
		h(
			'nav',
			{ class: 'crumbs', 'aria-label': 'Where you are' },
			h(
				'ol',
				{},
				h('li', {}, domainName(file.domain)),
				h('li', {}, h('a', { href: link('file', [file.file]), 'aria-current': 'page', class: 'name' }, basename(file.file))),
			),
		),
		heading(
			nameOf(basename(file.file)),
			[h('bdi', { class: 'code' }, file.file), file.is_header ? ' · header' : ''],
			file.domainNumber >= 0 && h('a', { class: 'button', href: link('map', [file.domain, file.file]) }, 'Open in the map'),
		),
		facts([
			['Domain', domainName(file.domain)],
			['Lines of code', number(file.code_lines)],
			['Functions', number(file.functions)],
			['Debt', decimal(file.debt, 0)],
			['Worst cognitive complexity', number(file.cognitive_max)],
			['Used by', file.fan_in === null ? null : plural(file.fan_in, 'file')],
			['Uses', file.fan_out === null ? null : plural(file.fan_out, 'file')],
			['A change reaches', file.reach === null ? null : plural(file.reach, 'file'), 'files that depend on it, directly or not'],
			['Files in its circle', file.cycle_size > 1 ? number(file.cycle_size) : null],
			['Commits', model.hasHistory ? number(file.commits) : null, 'of the last year before the release'],
		]),
		card(
			'Functions',
			dataTable({
				caption: 'Functions',
				rows: functions,
				empty: 'It defines no function.',
				columns: [
					{ key: 'name', label: 'Function', grow: true, render: (f) => functionName(f.name, file.file) },
					{ key: 'line', label: 'Line', numeric: true },
					{ key: 'code_lines', label: 'Lines', numeric: true },
					{ key: 'cyclomatic', label: 'Cyclomatic', numeric: true },
					{ key: 'cognitive', label: 'Cognitive', numeric: true },
					{ key: 'is_static', label: 'Linkage', value: (f) => (f.is_static ? 'static' : 'external') },
					{ key: 'is_reachable', label: 'Reachable', value: (f) => (f.is_reachable ? 'yes' : 'no') },
					observed && { key: 'observed', label: 'Calls seen', numeric: true, render: (f) => number(f.observed) },
				].filter(Boolean),
			}),
		),
		card(
			'Dependencies',
			dataTable({
				caption: 'Dependencies',
				rows: table ? needs(table, files, file.number) : [],
				sort: '-weight',
				columns: [
					{ key: 'way', label: 'Way' },
					{ key: 'other', label: 'File', grow: true, value: (r) => r.other.file, render: (r) => fileName(r.other.file) },
					{ key: 'domain', label: 'Domain', value: (r) => r.other.domain, render: (r) => domainName(r.other.domain) },
					{ key: 'kinds', label: 'Kinds' },
					{ key: 'weight', label: 'Weight', numeric: true, render: (r) => compact(r.weight) },
					observed && { key: 'observed', label: 'Seen in runs', numeric: true, render: (r) => number(r.observed) },
				].filter(Boolean),
			}),
		),
		card(
			'Findings',
			findingsTable(
				findings.filter((f) => f.file === file.file),
				{ facets: false },
			),
		),
	);
}
