// SPDX-License-Identifier: GPL-3.0-or-later
// Entry points, what each reaches, and what was seen on its threads.
import { add, copy, download, h, replace } from '../dom.js';
import { card, domainName, facts, fileName, functionName, heading, link, meter, nameOf } from '../parts.js';
import { drawSequence, foldsFor, sequenceOf } from '../sequence.js';
import { dataTable } from '../table.js';
import { mermaidSequence, number, percent, plural } from '../text.js';

async function entriesOf(model) {
	const [entries, sequences] = await Promise.all([model.rows('entries'), model.rows('sequences')]);
	const seen = new Set(sequences.map((row) => row.entry));
	return entries.map((entry, i) => ({ ...entry, index: i, hasSequence: seen.has(i) }));
}

const entryLink = (entry) => link('flows', [entry.function, entry.file ?? '']);

function list(page, route, model, entries) {
	add(
		page,
		heading('Flows', 'Where control enters, and what follows from there.'),
		!model.hasRuns &&
			h(
				'p',
				{ class: 'hint' },
				'Nothing was traced yet. ',
				h('code', {}, 'sightline trace -- PROGRAM'),
				' adds what really runs, as a sequence of calls between domains.',
			),
		dataTable({
			caption: 'Entry points',
			rows: entries,
			facets: [{ key: 'kind', label: 'Kind', value: (entry) => entry.kinds.split(' '), chosen: route.params.kind }],
			onChange: (state) => history.replaceState(null, '', link('flows', [], state.facets)),
			columns: [
				{
					key: 'function',
					label: 'Entry point',
					grow: true,
					render: (entry) => h('a', { href: entryLink(entry), class: 'name code' }, entry.function),
				},
				{ key: 'file', label: 'File', render: (entry) => entry.file && fileName(entry.file) },
				{ key: 'kinds', label: 'Kind' },
				{ key: 'domain', label: 'Domain', render: (entry) => domainName(entry.domain) },
				{ key: 'reaches', label: 'Functions reached', numeric: true, render: (entry) => number(entry.reaches) },
				model.hasRuns && { key: 'observed', label: 'Entered in runs', numeric: true, render: (entry) => number(entry.observed) },
				model.hasRuns && {
					key: 'hasSequence',
					label: 'Sequence',
					value: (entry) => (entry.hasSequence ? 1 : 0),
					render: (entry) => entry.hasSequence && h('a', { href: entryLink(entry) }, 'seen'),
				},
			].filter(Boolean),
			sort: model.hasRuns ? '-observed' : '-reaches',
		}),
	);
}

function sequenceCard(model, entry, sequence) {
	const folded = foldsFor(sequence.steps, 60);
	const picture = h('div', { class: 'sequence-scroll', tabindex: '0', role: 'region', 'aria-label': 'Sequence diagram' });
	const note = h('p', { class: 'muted' });
	let most = 120;
	function draw() {
		const drawing = drawSequence(
			sequence,
			folded,
			(index) => {
				if (folded.has(index)) folded.delete(index);
				else folded.add(index);
				draw();
			},
			most,
		);
		replace(picture, drawing.svg);
		replace(
			note,
			drawing.all > drawing.shown && [
				'The first ',
				number(drawing.shown),
				' of ',
				number(drawing.all),
				' rows. ',
				h('button', { type: 'button', onclick: () => ((most = Infinity), draw()) }, 'Show all'),
			],
		);
	}
	draw();
	const title = `${entry.function} (${entry.file}), release ${model.meta.release}`;
	const mermaid = () => mermaidSequence(title, sequence);
	return card(
		'What was seen',
		h(
			'div',
			{ class: 'tools' },
			h('button', { type: 'button', onclick: () => copy(mermaid(), 'Mermaid source') }, 'Copy as Mermaid'),
			h('button', { type: 'button', onclick: () => download('sequence.mmd', 'text/plain', mermaid()) }, 'Save .mmd'),
		),
		h(
			'p',
			{ class: 'muted' },
			'Calls between domains in the order in which they came first. ',
			h('span', { class: 'screen-only' }, 'Click a loop to fold it.'),
		),
		picture,
		note,
		h(
			'details',
			{ class: 'as-table' },
			h('summary', {}, 'The same as a list'),
			h(
				'ol',
				{ class: 'plain-list' },
				sequence.steps
					.slice(0, 400)
					.map((step) =>
						h(
							'li',
							{},
							step.kind === 'message'
								? [
										nameOf(sequence.participants[step.from]),
										' → ',
										nameOf(sequence.participants[step.to]),
										': ',
										h('bdi', { class: 'code' }, step.text),
									]
								: step.kind === 'loop'
									? `loop ${step.text}`
									: step.kind === 'end'
										? 'end of loop'
										: step.text,
						),
					),
			),
		),
	);
}

/** Which domains it gets to, by how many calls away they are. */
function reachCard(model, rows) {
	const most = Math.max(1, ...rows.map((row) => row.functions));
	const depths = [...new Set(rows.map((row) => row.depth))].sort((a, b) => (a ?? 1e9) - (b ?? 1e9));
	return card(
		'What it can reach',
		h('p', { class: 'muted' }, 'Domains by the fewest calls it takes to get there, with how many of their functions it reaches.'),
		h(
			'ol',
			{ class: 'reach' },
			depths.slice(0, 12).map((depth) =>
				h(
					'li',
					{},
					h(
						'span',
						{ class: 'reach-depth' },
						depth === null ? 'seen, way unknown' : depth === 0 ? 'starts in' : plural(depth, 'call'),
					),
					h(
						'ul',
						{},
						rows
							.filter((row) => row.depth === depth)
							.sort((a, b) => b.functions - a.functions)
							.map((row) =>
								h(
									'li',
									{},
									domainName(model.domains[row.domain].domain),
									' ',
									meter(
										row.functions / most,
										`${number(row.functions)}${model.hasRuns ? ` · ${number(row.observed)} seen` : ''}`,
									),
								),
							),
					),
				),
			),
		),
	);
}

export async function render(page, route, model) {
	const entries = await entriesOf(model);
	const [name, file] = route.args;
	const entry = name === undefined ? null : entries.find((one) => one.function === name && (!file || one.file === file));
	if (!entry) {
		if (name !== undefined) add(page, h('p', { class: 'warning' }, 'There is no entry point ', nameOf(name), '.'));
		return list(page, route, model, entries);
	}
	const [parts, resources] = await Promise.all([model.load('flows.' + Math.floor(entry.index / 32)), model.rows('resources')]);
	const rows = parts.objects().filter((row) => row.entry === entry.index);
	const domains = rows.filter((row) => row.domain !== null);
	const byId = new Map(resources.map((resource) => [resource.id, resource]));
	const used = rows
		.filter((row) => row.resource !== null)
		.map((row) => ({ ...row, resource: byId.get(row.resource) }))
		.filter((row) => row.resource);
	add(
		page,
		h(
			'nav',
			{ class: 'crumbs', 'aria-label': 'Where you are' },
			h(
				'ol',
				{},
				h('li', {}, h('a', { href: link('flows') }, 'Flows')),
				h('li', {}, h('a', { href: entryLink(entry), 'aria-current': 'page', class: 'name' }, entry.function)),
			),
		),
		heading(nameOf(entry.function), [
			entry.kinds,
			' in ',
			entry.domain ? domainName(entry.domain) : 'the codebase',
			' · ',
			functionName(entry.function, entry.file),
		]),
		facts([
			['Reaches', `${number(entry.reaches)} functions`],
			['That is', percent((entry.reaches ?? 0) / Math.max(1, model.now.functions))],
			['Domains', number(domains.length)],
			['Entered in runs', model.hasRuns ? number(entry.observed) : null],
		]),
	);
	if (entry.hasSequence)
		add(page, sequenceCard(model, entry, sequenceOf((await model.load('sequence.' + entry.index)).objects())));
	else
		add(
			page,
			h(
				'p',
				{ class: 'hint' },
				model.hasRuns ? 'It was not seen in a traced run.' : 'Nothing was traced: this is what the source says.',
			),
		);
	add(
		page,
		domains.length
			? reachCard(model, domains)
			: h('p', { class: 'muted' }, 'What it reaches is not stored: it is one of many callbacks or exports that reach much.'),
		(used.length > 0 &&
			card(
				'What it uses',
				dataTable({
					caption: 'Resources',
					rows: used,
					columns: [
						{ key: 'kind', label: 'Kind', value: (row) => row.resource.kind },
						{
							key: 'name',
							label: 'Resource',
							grow: true,
							value: (row) => row.resource.name,
							render: (row) =>
								h(
									'a',
									{ href: link('resources', [row.resource.kind, row.resource.name]), class: 'name code' },
									row.resource.name || '(unnamed)',
								),
						},
						{ key: 'operations', label: 'Operations', value: (row) => row.operations?.replaceAll(',', ', ') },
						{ key: 'functions', label: 'Functions', numeric: true },
						model.hasRuns && { key: 'observed', label: 'Seen', value: (row) => (row.observed ? 'yes' : '') },
					].filter(Boolean),
				}),
			)) ||
			'',
	);
	return undefined;
}
