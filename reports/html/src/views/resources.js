// SPDX-License-Identifier: GPL-3.0-or-later
// Files, sockets, locks, tables, topics: which domains share them.
import { add, h } from '../dom.js';
import { card, domainName, facts, functionName, heading, link, nameOf } from '../parts.js';
import { dataTable } from '../table.js';
import { number, plural } from '../text.js';

const MOST_COLUMNS = 16;
const MOST_ROWS = 40;

/** Resources against domains: shared ones first. */
function grid(model, resources, uses) {
	const byResource = new Map(resources.map((resource) => [resource.id, new Map()]));
	const total = new Map();
	for (const use of uses) {
		if (!use.domain || !byResource.has(use.id)) continue;
		const domains = byResource.get(use.id);
		if (!domains.has(use.domain)) domains.set(use.domain, new Set());
		domains.get(use.domain).add(use.operation);
		total.set(use.domain, (total.get(use.domain) ?? 0) + 1);
	}
	const columns = [...total.entries()]
		.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
		.slice(0, MOST_COLUMNS)
		.map(([domain]) => domain)
		.sort();
	const rows = resources.filter((resource) => resource.domains > 1).slice(0, MOST_ROWS);
	if (!rows.length) return h('p', { class: 'muted' }, 'No resource is known to be used by more than one domain.');
	return h(
		'div',
		{ class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Resources and domains' },
		h(
			'table',
			{ class: 'grid' },
			h('caption', { class: 'offscreen' }, 'Which domain uses which shared resource'),
			h(
				'thead',
				{},
				h(
					'tr',
					{},
					h('th', { scope: 'col' }, 'Resource'),
					columns.map((domain) => h('th', { scope: 'col', class: 'turned' }, h('span', {}, domainName(domain)))),
				),
			),
			h(
				'tbody',
				{},
				rows.map((resource) =>
					h(
						'tr',
						{},
						h(
							'th',
							{ scope: 'row' },
							h('span', { class: 'kind' }, resource.kind),
							' ',
							h(
								'a',
								{ href: link('resources', [resource.kind, resource.name]), class: 'name code' },
								resource.name || '(unnamed)',
							),
						),
						columns.map((domain) => {
							const operations = byResource.get(resource.id).get(domain);
							return h(
								'td',
								{
									class: operations ? 'is-used' : null,
									title: operations ? `${domain}: ${[...operations].sort().join(', ')}` : null,
								},
								operations ? '●' : '',
							);
						}),
					),
				),
			),
		),
	);
}

function one(page, model, resource, uses) {
	const own = uses.filter((use) => use.id === resource.id);
	add(
		page,
		h(
			'nav',
			{ class: 'crumbs', 'aria-label': 'Where you are' },
			h(
				'ol',
				{},
				h('li', {}, h('a', { href: link('resources') }, 'Resources')),
				h(
					'li',
					{},
					h(
						'a',
						{ href: link('resources', [resource.kind, resource.name]), 'aria-current': 'page', class: 'name' },
						resource.name || '(unnamed)',
					),
				),
			),
		),
		heading(nameOf(resource.name || '(unnamed)'), resource.kind + (resource.type ? ` · ${resource.type}` : '')),
		facts([
			['Domains', number(resource.domains)],
			['Use', resource.exclusivity],
			['Functions', number(new Set(own.map((use) => use.function_id)).size)],
		]),
		card(
			'Who uses it',
			dataTable({
				caption: 'Users',
				rows: own,
				columns: [
					{ key: 'function', label: 'Function', grow: true, render: (use) => functionName(use.function, use.file) },
					{ key: 'domain', label: 'Domain', render: (use) => domainName(use.domain) },
					{ key: 'operation', label: 'Operation' },
					{ key: 'sites', label: 'Places', numeric: true },
					{ key: 'line', label: 'Line', numeric: true },
					model.hasRuns && { key: 'observed', label: 'Seen', numeric: true, render: (use) => number(use.observed) },
					model.hasRuns && { key: 'errors', label: 'Failed', numeric: true, render: (use) => number(use.errors) },
					model.hasRuns && { key: 'bytes', label: 'Bytes', numeric: true, render: (use) => number(use.bytes) },
				].filter(Boolean),
			}),
		),
	);
}

export async function render(page, route, model) {
	const [resources, uses] = await Promise.all([model.rows('resources'), model.rows('resource_uses')]);
	const [kind, name] = route.args;
	const found =
		kind !== undefined &&
		name !== undefined &&
		resources.find((resource) => resource.kind === kind && (resource.name ?? '') === name);
	if (found) return one(page, model, found, uses);
	const shared = resources.filter((resource) => resource.domains > 1).length;
	add(
		page,
		heading(
			'Resources',
			resources.length
				? `${plural(resources.length, 'resource')}, ${number(shared)} of them used by more than one domain.`
				: null,
		),
	);
	if (!resources.length) {
		add(
			page,
			h('p', { class: 'hint' }, 'The source names none (no literal path, variable, table or topic), and nothing was traced.'),
		);
		return undefined;
	}
	add(
		page,
		card('Shared between domains', grid(model, resources, uses)),
		h('h2', {}, 'All resources'),
		dataTable({
			caption: 'Resources',
			rows: resources,
			sort: '-domains',
			facets: [{ key: 'kind', label: 'Kind', value: (resource) => resource.kind, chosen: kind }],
			columns: [
				{ key: 'kind', label: 'Kind' },
				{
					key: 'name',
					label: 'Name',
					grow: true,
					render: (resource) =>
						h('a', { href: link('resources', [resource.kind, resource.name]), class: 'name code' }, resource.name || '(unnamed)'),
				},
				resources.some((resource) => resource.type) && { key: 'type', label: 'Type' },
				{ key: 'domains', label: 'Domains', numeric: true },
				{
					key: 'exclusivity',
					label: 'Use',
					render: (resource) =>
						resource.exclusivity && h('span', { class: 'chip use-' + resource.exclusivity }, resource.exclusivity),
				},
			].filter(Boolean),
		}),
	);
	return undefined;
}
