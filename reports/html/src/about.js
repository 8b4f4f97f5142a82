// SPDX-License-Identifier: GPL-3.0-or-later
// What this page is, and whose work is in it.
import { h } from './dom.js';

export function about(model) {
	const dialog = h(
		'dialog',
		{ class: 'about', 'aria-labelledby': 'about-title' },
		h('h2', { id: 'about-title' }, 'About this report'),
		h(
			'p',
			{},
			'Made by sightline ',
			model.meta.version,
			' from release ',
			h('bdi', {}, model.meta.release),
			model.now.created_at && ` (scanned ${model.now.created_at})`,
			'. It is one file, loads nothing from anywhere, and tells nothing to anyone.',
		),
		h(
			'p',
			{},
			'Static facts come from the compiler’s view of each unit; what ran comes from traced runs. What was not seen stands under “What was seen” in the overview.',
		),
		h('h3', {}, 'Keys'),
		h(
			'dl',
			{ class: 'facts' },
			[
				['/', 'search'],
				['Tab, Enter', 'go from part to part, open one'],
				['Arrows', 'in the map: to the nearest part that way; in the matrix: from cell to cell'],
				['Esc', 'close, leave'],
			].map(([key, what]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, what))),
		),
		h('h3', {}, 'Licences'),
		h('p', {}, 'sightline, GPL-3.0-or-later.'),
		h('p', {}, document.getElementById('licences').content.textContent, '.'),
		h('form', { method: 'dialog' }, h('button', {}, 'Close')),
	);
	return dialog;
}
