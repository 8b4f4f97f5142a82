// SPDX-License-Identifier: GPL-3.0-or-later
// All about one function: who calls it, whom it calls, how each is known.
import { add, h } from '../dom.js';
import { card, domainName, facts, fileName, functionName, heading, link, nameOf } from '../parts.js';
import { dataTable } from '../table.js';
import { decimal, number } from '../text.js';
import { findingsTable } from './findings.js';

function callTable(model, caption, calls, names, files) {
	const rows = calls.map((call) => {
		const file = files[names.file[call.other]];
		return { ...call, name: names.name[call.other], file };
	});
	return dataTable({
		caption,
		rows,
		sort: model.hasRuns ? '-observed' : '',
		empty: 'None known.',
		columns: [
			{ key: 'name', label: 'Function', grow: true, render: (row) => functionName(row.name, row.file?.file) },
			{
				key: 'file',
				label: 'File',
				value: (row) => row.file?.file ?? '',
				render: (row) => (row.file ? fileName(row.file.file) : h('span', { class: 'muted' }, 'outside')),
			},
			{
				key: 'domain',
				label: 'Domain',
				value: (row) => row.file?.domain ?? '',
				render: (row) => row.file && domainName(row.file.domain),
			},
			{ key: 'how', label: 'How', render: (row) => h('span', { class: 'chip how-' + row.how, title: row.basis }, row.how) },
			{ key: 'confidence', label: 'Confidence', numeric: true, render: (row) => decimal(row.confidence) },
			{ key: 'sites', label: 'Places', numeric: true },
			model.hasRuns && { key: 'observed', label: 'Seen', numeric: true, render: (row) => number(row.observed) },
		].filter(Boolean),
	});
}

async function outside(page, model, name) {
	add(
		page,
		heading(nameOf(name), 'Outside the codebase, or not in this release'),
		h('p', { class: 'muted' }, 'Nothing more is known of it here.'),
	);
}

export async function render(page, route, model) {
	const [name, path] = route.args;
	const number_ = name === undefined ? -1 : await model.findFunction(name, path);
	const [names, files] = await Promise.all([model.names(), model.files()]);
	const file = files[names.file[number_]];
	if (!file) return outside(page, model, name ?? '');
	const [functions, calls, findings, uses] = await Promise.all([
		model.functionsOf(file),
		model.callsOf(file, number_),
		model.findings(),
		model.rows('resource_uses'),
	]);
	const it = functions[number_ - file.first];
	const own = findings.filter((f) => f.file === file.file && f.line >= it.line && f.line <= it.end_line);
	const used = uses.filter((use) => use.function === name && use.file === file.file);
	const resources = new Map((used.length ? await model.rows('resources') : []).map((resource) => [resource.id, resource]));
	add(
		page,
		h(
			'nav',
			{ class: 'crumbs', 'aria-label': 'Where you are' },
			h(
				'ol',
				{},
				h('li', {}, domainName(file.domain)),
				h('li', {}, fileName(file.file)),
				h('li', {}, h('a', { href: link('function', route.args), 'aria-current': 'page', class: 'name' }, name)),
			),
		),
		heading(
			h('bdi', { class: 'name code' }, name),
			h('bdi', { class: 'code' }, it.signature),
			h('a', { class: 'button', href: link('map', [file.domain, file.file]) }, 'Open in the map'),
		),
		facts([
			['Where', fileName(file.file, it.line)],
			['Domain', domainName(file.domain)],
			['Lines of code', number(it.code_lines)],
			['Cyclomatic', number(it.cyclomatic)],
			['Cognitive', number(it.cognitive)],
			['Linkage', it.is_static ? 'static' : 'external'],
			['Reachable', it.is_reachable ? 'from an entry point' : 'from no entry point'],
			[
				'Part by entry points',
				it.entry_domain,
				'what each program, thread and exported API has to itself: sightline domains --by entry-points',
			],
			['Calls seen', model.hasRuns ? number(it.observed) : null],
			['Time in it and below', it.total_ms > 0 ? `${decimal(it.total_ms, 1)} ms` : null],
			['Configurations', it.configurations || null],
		]),
		card(`Callers (${number(calls.in.length)})`, callTable(model, 'Callers', calls.in, names, files)),
		card(`Callees (${number(calls.out.length)})`, callTable(model, 'Callees', calls.out, names, files)),
		used.length
			? card(
					'Resources',
					dataTable({
						caption: 'Resources',
						rows: used,
						columns: [
							{ key: 'kind', label: 'Kind', value: (use) => resources.get(use.id)?.kind },
							{
								key: 'name',
								label: 'Name',
								grow: true,
								value: (use) => resources.get(use.id)?.name ?? '',
								render: (use) =>
									h(
										'a',
										{
											href: link('resources', [resources.get(use.id)?.kind ?? '', resources.get(use.id)?.name ?? '']),
											class: 'name code',
										},
										resources.get(use.id)?.name || '(unnamed)',
									),
							},
							{ key: 'operation', label: 'Operation' },
							{ key: 'sites', label: 'Places', numeric: true },
							{ key: 'observed', label: 'Seen', numeric: true },
						],
					}),
				)
			: '',
		own.length ? card('Findings', findingsTable(own, { facets: false })) : '',
	);
	return undefined;
}
