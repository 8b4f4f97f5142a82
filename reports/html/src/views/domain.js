// SPDX-License-Identifier: GPL-3.0-or-later
// All about one domain.
import { add, h } from '../dom.js';
import { band, bandChip, card, debtCell, domainName, facts, fileName, heading, link, nameOf } from '../parts.js';
import { dataTable } from '../table.js';
import { compact, decimal, number, percent, plural } from '../text.js';
import { findingsTable } from './findings.js';

export async function render(page, route, model) {
	const domain = model.domain(route.args[0]);
	if (!domain) {
		add(
			page,
			heading('No such domain', null),
			h('p', {}, 'This release has no domain ', nameOf(route.args[0] ?? ''), '. ', h('a', { href: link('map') }, 'Domain map')),
		);
		return;
	}
	const [files, findings, resources, uses] = await Promise.all([
		model.files(),
		model.findings(),
		model.rows('resources'),
		model.rows('resource_uses'),
	]);
	const own = files.filter((file) => file.domainNumber === domain.number);
	const edges = model.edges
		.filter((edge) => edge.from === domain.number || edge.to === domain.number)
		.map((edge) => ({
			...edge,
			other: model.domains[edge.from === domain.number ? edge.to : edge.from].domain,
			way: edge.from === domain.number ? 'needs' : 'needed by',
		}));
	const used = new Set(uses.filter((use) => use.domain === domain.domain).map((use) => use.id));
	add(
		page,
		heading(
			nameOf(domain.domain),
			`Domain · ${plural(domain.files, 'file')}, ${plural(domain.functions, 'function')}, ${plural(domain.lines, 'line')}`,
			h('a', { class: 'button', href: link('map', [domain.domain]) }, 'Open in the map'),
		),
		facts([
			['Debt', decimal(domain.debt, 0)],
			['Level', number(domain.level), 'one above the highest level that it depends on'],
			['Cohesion', decimal(domain.cohesion), 'the share of its dependencies that stay inside'],
			['Instability', decimal(domain.instability), 'what it needs against all that it needs or that needs it'],
			['Functions used by no other domain', [percent(domain.exclusivity), ' ', bandChip(domain.exclusivity)]],
			[
				'Globals used by no other',
				domain.exclusivity_globals === null
					? null
					: [percent(domain.exclusivity_globals), ' ', bandChip(domain.exclusivity_globals)],
			],
			[
				'Resources used by no other',
				domain.exclusivity_resources === null
					? null
					: [percent(domain.exclusivity_resources), ' ', bandChip(domain.exclusivity_resources)],
			],
			['Functions others call', number(domain.api)],
			['Of these not declared for others', number(domain.hidden_reached)],
			['Entry points', number(domain.entry_points)],
			['Functions seen in runs', model.hasRuns ? number(domain.observed) : null],
			['In a circle of domains', domain.cycle === null ? 'no' : 'yes'],
		]),
		(band(domain.exclusivity) === 'low' &&
			h('p', { class: 'hint' }, 'Most of its functions are called from other domains: it is hardly a part of its own.')) ||
			'',
		card(
			'Dependencies',
			dataTable({
				caption: 'Dependencies',
				rows: edges,
				sort: '-weight',
				columns: [
					{ key: 'way', label: 'Way' },
					{ key: 'other', label: 'Domain', grow: true, render: (e) => domainName(e.other) },
					{ key: 'weight', label: 'Weight', numeric: true, render: (e) => compact(e.weight) },
					{ key: 'symbols', label: 'Symbols', numeric: true, render: (e) => number(e.symbols) },
					model.hasRuns && { key: 'observed', label: 'Seen in runs', numeric: true, render: (e) => number(e.observed) },
					{
						key: 'violation',
						label: 'Against the layers',
						value: (e) => (e.forbidden ? 'forbidden' : e.upward || e.cut ? 'closes a circle' : ''),
					},
					{
						key: 'cell',
						label: '',
						fixed: true,
						value: () => '',
						render: (e) =>
							h(
								'a',
								{ href: link('matrix', e.way === 'needs' ? [domain.domain, e.other] : [e.other, domain.domain]) },
								'symbols',
							),
					},
				].filter(Boolean),
			}),
		),
		card(
			'Files',
			dataTable({
				caption: 'Files',
				rows: own,
				sort: '-code_lines',
				columns: [
					{ key: 'file', label: 'File', grow: true, render: (f) => fileName(f.file) },
					{ key: 'code_lines', label: 'Lines', numeric: true, render: (f) => number(f.code_lines) },
					{ key: 'functions', label: 'Functions', numeric: true },
					{ key: 'debt', label: 'Debt', numeric: true, render: (f) => f.debt !== null && debtCell(f.debt) },
					{ key: 'fan_in', label: 'Used by', numeric: true },
					{ key: 'findings', label: 'Findings', numeric: true },
				],
			}),
		),
		used.size
			? card(
					'Resources',
					dataTable({
						caption: 'Resources',
						rows: resources.filter((r) => used.has(r.id)),
						columns: [
							{ key: 'kind', label: 'Kind' },
							{
								key: 'name',
								label: 'Name',
								grow: true,
								render: (r) => h('a', { href: link('resources', [r.kind, r.name]), class: 'name code' }, r.name || '(unnamed)'),
							},
							{ key: 'domains', label: 'Domains', numeric: true },
							{ key: 'exclusivity', label: 'Use' },
						],
					}),
				)
			: '',
		card(
			'Findings',
			findingsTable(
				findings.filter((f) => f.domain === domain.domain),
				{ facets: false },
			),
		),
	);
}
