// SPDX-License-Identifier: GPL-3.0-or-later
// A table that sorts, filters and shows as many rows as can be read at a time.
import { add, h, replace } from './dom.js';
import { number } from './text.js';

const PAGE = 100;

const classOf = (column) => (column.numeric ? 'numeric' : column.grow ? 'grow' : column.fixed && !column.label ? 'action' : null);

const plain = (value) => (value === null || value === undefined ? '' : String(value));

/** Rows in the order of a column; what has no value comes last either way. */
export function sorted(rows, value, descending) {
	const missing = (v) => v === null || v === undefined || v === '';
	return rows
		.map((row, i) => [value(row), i, row])
		.sort(([a, i], [b, j]) => {
			if (missing(a) || missing(b)) return missing(a) - missing(b) || i - j;
			const order =
				typeof a === 'number' && typeof b === 'number' ? a - b : plain(a) < plain(b) ? -1 : plain(a) > plain(b) ? 1 : 0;
			return (descending ? -order : order) || i - j;
		})
		.map(([, , row]) => row);
}

/** columns: [{key, label, value(row), render(row), numeric, grow, filter}]. value is what is sorted by, render what is shown.
 * A facet's value may be a list: then each of it counts.
 * options: caption, rows, sort ("key" or "-key"), empty, filter (text), facets, onChange(state), onRow. */
export function dataTable({
	caption,
	columns,
	rows,
	sort,
	empty = 'Nothing here.',
	facets = [],
	search = rows.length > 12 || facets.length > 0,
	text = '',
	onChange,
}) {
	for (const column of columns) column.value ??= (row) => row[column.key];
	const state = {
		sort: sort ?? '',
		text,
		page: 1,
		facets: Object.fromEntries(facets.map((facet) => [facet.key, facet.chosen ?? ''])),
	};
	const body = h('tbody');
	const count = h('span', { class: 'muted', 'aria-live': 'polite' });
	const more = h('div', { class: 'table-more' });
	const headers = columns.map((column) => {
		const button = h('button', { type: 'button', class: 'sort', onclick: () => sortBy(column.key) }, column.label);
		return h(
			'th',
			{ scope: 'col', class: classOf(column), title: column.title },
			column.fixed ? column.label || h('span', { class: 'offscreen' }, 'Actions') : button,
		);
	});
	const table = h(
		'table',
		{ class: 'data' },
		h('caption', { class: 'offscreen' }, caption),
		h('thead', {}, h('tr', {}, headers)),
		body,
	);

	function sortBy(key) {
		state.sort =
			state.sort === key
				? '-' + key
				: state.sort === '-' + key
					? key
					: (columns.find((c) => c.key === key).numeric ? '-' : '') + key;
		changed();
	}

	function changed() {
		state.page = 1;
		draw();
		onChange?.(state);
	}

	function matching() {
		const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
		return rows.filter((row) => {
			if (
				facets.some((facet) => state.facets[facet.key] && ![facet.value(row)].flat().map(plain).includes(state.facets[facet.key]))
			)
				return false;
			if (!words.length) return true;
			const all = columns
				.map((column) => plain((column.text ?? column.value)(row)))
				.join('\n')
				.toLowerCase();
			return words.every((word) => all.includes(word));
		});
	}

	function draw() {
		const key = state.sort.replace(/^-/, '');
		const column = columns.find((c) => c.key === key);
		let found = matching();
		if (column) found = sorted(found, column.value, state.sort.startsWith('-'));
		columns.forEach((c, i) => {
			if (c.key === key) headers[i].setAttribute('aria-sort', state.sort.startsWith('-') ? 'descending' : 'ascending');
			else headers[i].removeAttribute('aria-sort');
		});
		const visible = found.slice(0, state.page * PAGE);
		replace(
			body,
			visible.map((row) =>
				h(
					'tr',
					{},
					columns.map((c) => h('td', { class: classOf(c) }, c.render ? c.render(row) : plain(c.value(row)))),
				),
			),
		);
		if (!found.length)
			add(body, h('tr', {}, h('td', { colspan: columns.length, class: 'empty' }, rows.length ? 'Nothing matches.' : empty)));
		replace(count, found.length === rows.length ? number(rows.length) : `${number(found.length)} of ${number(rows.length)}`);
		replace(
			more,
			found.length > visible.length && [
				h(
					'button',
					{ type: 'button', onclick: () => (state.page++, draw()) },
					`Show ${number(Math.min(PAGE, found.length - visible.length))} more of ${number(found.length - visible.length)}`,
				),
				h('p', { class: 'print-only muted' }, `The first ${number(visible.length)} of ${number(found.length)}.`),
			],
		);
	}

	const tools =
		(search || facets.length > 0) &&
		h(
			'div',
			{ class: 'table-tools' },
			search &&
				h('input', {
					type: 'search',
					class: 'filter',
					placeholder: 'Filter…',
					'aria-label': `Filter ${caption}`,
					value: text,
					oninput: (event) => ((state.text = event.target.value), changed()),
				}),
			facets.map((facet) => h('label', { class: 'facet' }, h('span', {}, facet.label), facetSelect(facet))),
			count,
		);

	function facetSelect(facet) {
		const values = facet.values ?? [...new Set(rows.flatMap((row) => facet.value(row)).map(plain))].filter(Boolean).sort();
		const select = h(
			'select',
			{ onchange: (event) => ((state.facets[facet.key] = event.target.value), changed()) },
			h('option', { value: '' }, 'any'),
			values.map((value) => h('option', { value, selected: value === state.facets[facet.key] }, value)),
		);
		return select;
	}

	draw();
	return h(
		'div',
		{ class: 'table-box' },
		tools,
		h('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': caption }, table),
		more,
	);
}
