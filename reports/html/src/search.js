// SPDX-License-Identifier: GPL-3.0-or-later
// One search over domains, files, functions, resources and findings' rules.
import { h, replace } from './dom.js';
import { domainLink, fileLink, functionLink, link } from './route.js';
import { basename } from './text.js';

const MOST = 40;

/** How well a name answers: less is better; -1 not at all. */
export function rank(name, words) {
	let worst = 0;
	const low = name.toLowerCase();
	for (const word of words) {
		const at = low.indexOf(word);
		if (at < 0) return -1;
		const starts = at === 0 || /[^a-z0-9]/.test(low[at - 1]);
		worst += low === word ? 0 : at === 0 ? 1 : starts ? 2 : 3;
	}
	return worst * 1000 + name.length;
}

/** The best answers of a list of [kind, name, where, href()]. */
export function best(lists, words, most = MOST) {
	const found = [];
	for (const { kind, count, name, where, href } of lists)
		for (let i = 0; i < count; i++) {
			const value = rank(name(i), words);
			if (value >= 0) found.push({ value, kind, name: name(i), where, href, i });
		}
	found.sort((a, b) => a.value - b.value || (a.name < b.name ? -1 : 1));
	return { items: found.slice(0, most), all: found.length };
}

async function listsOf(model) {
	const [names, files, resources] = await Promise.all([model.names(), model.files(), model.rows('resources')]);
	const functions = files.reduce((sum, file) => sum + file.functions, 0);
	return [
		{
			kind: 'domain',
			count: model.domains.length,
			name: (i) => model.domains[i].domain,
			where: () => '',
			href: (i) => domainLink(model.domains[i].domain),
		},
		{
			kind: 'file',
			count: files.length,
			name: (i) => files[i].file,
			where: (i) => files[i].domain,
			href: (i) => fileLink(files[i].file),
		},
		{
			kind: 'function',
			count: functions,
			name: (i) => names.name[i],
			where: (i) => basename(files[names.file[i]].file),
			href: (i) => functionLink(names.name[i], files[names.file[i]].file),
		},
		{
			kind: 'resource',
			count: resources.length,
			name: (i) => resources[i].name ?? '',
			where: (i) => resources[i].kind,
			href: (i) => link('resources', [resources[i].kind, resources[i].name]),
		},
	];
}

export function searchBox(model) {
	const input = h('input', {
		type: 'search',
		id: 'search',
		placeholder: 'Search functions, files, domains…',
		'aria-label': 'Search',
		role: 'combobox',
		'aria-expanded': 'false',
		'aria-controls': 'search-results',
		'aria-autocomplete': 'list',
		autocomplete: 'off',
		spellcheck: 'false',
	});
	const results = h('div', {
		id: 'search-results',
		class: 'search-results',
		hidden: true,
		role: 'listbox',
		'aria-label': 'Results',
	});
	let lists = null;
	let chosen = -1;

	function close() {
		results.hidden = true;
		input.setAttribute('aria-expanded', 'false');
		input.removeAttribute('aria-activedescendant');
		chosen = -1;
	}

	function choose(at) {
		const options = [...results.querySelectorAll('[role=option]')];
		if (!options.length) return;
		chosen = (at + options.length) % options.length;
		options.forEach((option, i) => option.setAttribute('aria-selected', i === chosen));
		options[chosen].scrollIntoView({ block: 'nearest' });
		input.setAttribute('aria-activedescendant', options[chosen].id);
	}

	async function search() {
		const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
		if (!words.length) return close();
		lists ??= listsOf(model);
		const { items, all } = best(await lists, words);
		chosen = -1;
		replace(
			results,
			items.map((item, i) =>
				h(
					'a',
					{
						role: 'option',
						id: 'result-' + i,
						href: item.href(item.i),
						tabindex: '-1',
						'aria-selected': 'false',
						onclick: close,
					},
					h('span', { class: 'kind kind-' + item.kind }, item.kind),
					h('bdi', { class: 'name code' }, item.name),
					h('bdi', { class: 'muted where' }, item.where(item.i)),
				),
			),
			!items.length && h('div', { class: 'empty', role: 'option', 'aria-disabled': 'true' }, 'Nothing is called that.'),
			all > items.length &&
				h('div', { class: 'muted more', role: 'option', 'aria-disabled': 'true' }, `and ${all - items.length} more: type on`),
		);
		results.hidden = false;
		input.setAttribute('aria-expanded', 'true');
		return undefined;
	}

	input.addEventListener('input', search);
	input.addEventListener('focus', () => input.value && search());
	input.addEventListener('keydown', (event) => {
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			choose(chosen + (event.key === 'ArrowDown' ? 1 : -1));
			event.preventDefault();
		} else if (event.key === 'Enter') {
			const options = results.querySelectorAll('a[role=option]');
			const option = options[Math.max(0, chosen)];
			if (option && !results.hidden) {
				location.hash = option.getAttribute('href');
				close();
				input.blur();
			}
		} else if (event.key === 'Escape') {
			close();
			input.blur();
		}
	});
	document.addEventListener('keydown', (event) => {
		if (event.key === '/' && !/^(input|select|textarea)$/i.test(document.activeElement?.tagName ?? '')) {
			input.focus();
			event.preventDefault();
		}
	});
	document.addEventListener('pointerdown', (event) => {
		if (!results.contains(event.target) && event.target !== input) close();
	});
	return h('div', { class: 'search', role: 'search' }, input, h('kbd', { 'aria-hidden': 'true' }, '/'), results);
}
