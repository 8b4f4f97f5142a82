// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces that several views are made of.
import { SIGNS } from './changes.js';
import { h, s } from './dom.js';
import { domainLink, fileLink, functionLink, link } from './route.js';
import { basename, compact, decimal } from './text.js';

export const nameOf = (text) => h('bdi', { class: 'name' }, text);

export const domainName = (name) =>
	name ? h('a', { href: domainLink(name), class: 'name' }, name) : h('span', { class: 'muted' }, 'outside');
export const fileName = (path, line) =>
	h('a', { href: fileLink(path), class: 'name code', title: path }, path + (line ? ':' + line : ''));
export const functionName = (name, file) =>
	file
		? h('a', { href: functionLink(name, file), class: 'name code', title: `${name} (${file})` }, name)
		: h('span', { class: 'name code muted', title: 'outside the codebase' }, name);

export function heading(title, sub, ...tools) {
	return h(
		'div',
		{ class: 'heading' },
		h('div', {}, h('h1', {}, title), sub && h('p', { class: 'sub' }, sub)),
		tools.length > 0 && h('div', { class: 'tools' }, tools),
	);
}

export function card(title, ...content) {
	return h('section', { class: 'card' }, title && h('h2', {}, title), content);
}

/** A label with a value, in a row of such. */
export function facts(pairs) {
	return h(
		'dl',
		{ class: 'facts' },
		pairs
			.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== '–')
			.map(([key, value, title]) => h('div', { title }, h('dt', {}, key), h('dd', {}, value))),
	);
}

export const severity = (value) => h('span', { class: 'severity severity-' + value }, value);

const scaleOf = (bounds) => ({ bounds, step: (value) => bounds.reduce((at, bound, i) => (value >= bound ? i : at), 0) });

/** Steps of the colour for debt (0..100), the same for every codebase; and for a function's cognitive complexity, of which 15 is what
 * Campbell, who defined it, takes for the most that is easily read. */
export const DEBT = scaleOf([0, 20, 40, 60, 75, 90]);
export const COGNITIVE = scaleOf([0, 8, 15, 25, 40, 75]);

/** vFunction's bands. */
export const band = (share) =>
	share === null || share === undefined ? 'unknown' : share > 0.66 ? 'high' : share < 0.33 ? 'low' : 'medium';

export function debtLegend(scale, label) {
	return h(
		'div',
		{
			class: 'legend',
			role: 'img',
			'aria-label': `${label}: from light, ${scale.bounds[0]}, to dark, ${scale.bounds[5]} and more`,
		},
		h('span', {}, label),
		scale.bounds.map((bound, i) => h('span', { class: 'swatch ramp-' + i, 'aria-hidden': 'true' }, bound)),
	);
}

/** A small line of numbers, the last one marked. Differences below least are told as none, so the line does not show them either. */
export function sparkline(values, label, least = 0) {
	const known = values.map((v, i) => [i, v]).filter(([, v]) => Number.isFinite(v));
	if (known.length < 2) return null;
	const low = Math.min(...known.map(([, v]) => v));
	const high = Math.max(...known.map(([, v]) => v));
	const x = (i) => 2 + (i / (values.length - 1)) * 92;
	const y = (v) => (high - low <= least ? 13 : 23 - ((v - low) / (high - low)) * 20);
	const [lastI, lastV] = known[known.length - 1];
	return s(
		'svg',
		{
			class: 'spark',
			viewBox: '0 0 96 26',
			width: 96,
			height: 26,
			role: 'img',
			'aria-label': `${label} over ${values.length} releases, from ${compact(known[0][1])} to ${compact(lastV)}`,
		},
		s('path', {
			d: known.map(([i, v], n) => `${n ? 'L' : 'M'}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join(''),
			class: 'spark-line',
		}),
		s('circle', { cx: x(lastI), cy: y(lastV), r: 2.5, class: 'spark-dot' }),
	);
}

/** A bar with its number. */
export function meter(share, text, kind = '') {
	const width = `${Math.max(0, Math.min(1, share)) * 100}%`;
	return h(
		'span',
		{ class: 'meter' },
		h('span', { class: 'meter-track', 'aria-hidden': 'true' }, h('span', { class: 'meter-fill ' + kind, style: { width } })),
		h('span', { class: 'meter-text' }, text),
	);
}

export function tabs(current, items) {
	return h(
		'nav',
		{ class: 'tabs', 'aria-label': 'Kinds' },
		items.map(([key, label, href]) => h('a', { href, 'aria-current': key === current ? 'page' : null }, label)),
	);
}

/** Ways to look at the same thing: [text, href, isCurrent]. */
export const segments = (items) =>
	h(
		'span',
		{ class: 'segmented' },
		items.map(([text, href, isCurrent]) => h('a', { href, 'aria-current': isCurrent ? 'true' : null }, text)),
	);

export const changeChip = (row) => h('span', { class: 'chip change-' + row.change }, `${SIGNS[row.change]} ${row.change}`);

export const changeLegend = () =>
	h(
		'div',
		{ class: 'legend' },
		['added', 'removed', 'changed', 'same'].map((key) =>
			h(
				'span',
				{ class: 'legend-item' },
				h('span', { class: 'swatch change-' + key }, SIGNS[key] || ' '),
				key === 'same' ? 'as it was' : key,
			),
		),
	);

export function choice(label, value, options, onchange) {
	return h(
		'label',
		{ class: 'facet' },
		h('span', {}, label),
		h(
			'select',
			{ onchange: (event) => onchange(event.target.value) },
			options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)),
		),
	);
}

export function toggle(label, on, onchange, title) {
	return h(
		'label',
		{ class: 'toggle', title },
		h('input', { type: 'checkbox', checked: on, onchange: (event) => onchange(event.target.checked) }),
		label,
	);
}

/** Lines of source with the one that is meant marked. */
export function sourceBox(lines, marked) {
	return h(
		'pre',
		{ class: 'source', tabindex: '0', 'aria-label': 'Source' },
		lines.map((line) =>
			h(
				'span',
				{ class: line.line === marked ? 'line marked' : 'line' },
				h('span', { class: 'line-number', 'aria-hidden': 'true' }, String(line.line)),
				h('code', {}, line.text || ' '),
				'\n',
			),
		),
	);
}

export const debtCell = (value) =>
	h(
		'span',
		{ class: `chip ${value === null || value === undefined ? 'band-unknown' : 'ramp-' + DEBT.step(value)}` },
		decimal(value, 0),
	);
export const bandChip = (share) => h('span', { class: 'chip band-' + band(share) }, band(share));
export { basename, link };
