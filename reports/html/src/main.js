// SPDX-License-Identifier: GPL-3.0-or-later
// The page: its frame, its views by address, its search.
import { createLoader, embeddedSource, fetchedSource } from './data.js';
import { h, replace } from './dom.js';
import { Model } from './model.js';
import { link, own, parse } from './route.js';
import { searchBox } from './search.js';
import { shown } from './text.js';
import { about } from './about.js';
import * as overview from './views/overview.js';
import * as map from './views/map.js';
import * as matrix from './views/matrix.js';
import * as hotspots from './views/hotspots.js';
import * as flows from './views/flows.js';
import * as resources from './views/resources.js';
import * as drift from './views/drift.js';
import * as findings from './views/findings.js';
import * as tasks from './views/tasks.js';
import * as domainPage from './views/domain.js';
import * as filePage from './views/file.js';
import * as functionPage from './views/function.js';

const VIEWS = {
	overview,
	map,
	matrix,
	hotspots,
	flows,
	resources,
	drift,
	findings,
	tasks,
	domain: domainPage,
	file: filePage,
	function: functionPage,
};
const NAVIGATION = [
	['overview', 'Overview'],
	['map', 'Domain map'],
	['matrix', 'Dependencies'],
	['hotspots', 'Hotspots'],
	['flows', 'Flows'],
	['resources', 'Resources'],
	['drift', 'Drift'],
	['findings', 'Findings'],
	['tasks', 'Tasks'],
];
// Which entry stands for a page that has none of its own.
const BELONGS = { domain: 'map', file: 'hotspots', function: 'hotspots' };

const main = document.getElementById('main');
const nav = document.getElementById('nav');
let model;
let cleanup = null;
let drawn = 0;

function theme(name) {
	if (name) document.documentElement.dataset.theme = name;
	else delete document.documentElement.dataset.theme;
	document.dispatchEvent(new CustomEvent('themechange'));
}

/** Canvases have to be drawn again where colours change: with the system's, and on paper, which is light. */
for (const query of ['(prefers-color-scheme: dark)', 'print'])
	matchMedia(query).addEventListener('change', () => document.dispatchEvent(new CustomEvent('themechange')));

function remember(key, value) {
	try {
		if (value === undefined) return localStorage.getItem('sightline.' + key);
		localStorage.setItem('sightline.' + key, value);
	} catch {
		// A file that is opened from a disk may have no storage: then nothing is remembered.
	}
	return null;
}

function isDark() {
	return (
		(document.documentElement.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
	);
}

function frame() {
	const dialog = about(model);
	const toggle = h(
		'button',
		{
			type: 'button',
			class: 'plain',
			'aria-label': 'Dark or light',
			title: 'Dark or light',
			onclick: () => {
				theme(isDark() ? 'light' : 'dark');
				remember('theme', isDark() ? 'dark' : 'light');
			},
		},
		'◐',
	);
	replace(
		document.getElementById('top'),
		h(
			'a',
			{ class: 'brand', href: link('overview') },
			h('span', { class: 'brand-mark', 'aria-hidden': 'true' }),
			h(
				'span',
				{ class: 'brand-text' },
				h('strong', { class: 'name' }, model.meta.title),
				h('span', { class: 'release name' }, model.meta.release),
			),
		),
		searchBox(model),
		h(
			'div',
			{ class: 'top-tools' },
			toggle,
			h('button', { type: 'button', class: 'plain', onclick: () => dialog.showModal() }, 'About'),
		),
	);
	document.body.append(dialog);
	replace(
		nav,
		h(
			'ul',
			{},
			NAVIGATION.map(([view, label]) => h('li', {}, h('a', { href: link(view), 'data-view': view }, label))),
		),
	);
}

/** Where the navigation is a row that scrolls, its current entry is brought into sight; the page itself stays. */
function showInRow(entry) {
	const box = entry.getBoundingClientRect();
	const row = nav.getBoundingClientRect();
	if (box.left < row.left || box.right > row.right) nav.scrollLeft += box.left - row.left - 40;
}

async function show() {
	const route = parse(location.hash);
	const view = own(VIEWS, route.view) ?? overview;
	const name = view === overview ? 'overview' : route.view;
	const turn = ++drawn;
	const entry = own(BELONGS, name) ?? name;
	for (const a of nav.querySelectorAll('a')) {
		if (a.dataset.view === entry) {
			a.setAttribute('aria-current', 'page');
			showInRow(a);
		} else a.removeAttribute('aria-current');
	}
	const page = h('div', { class: 'page page-' + name });
	let leave = null;
	try {
		leave = await view.render(page, route, model);
	} catch (error) {
		console.error(error);
		replace(page, h('h1', {}, 'This view could not be drawn'), h('p', {}, String(error?.message ?? error)));
	}
	if (turn !== drawn) {
		// another view was asked for meanwhile
		leave?.();
		return;
	}
	cleanup?.();
	cleanup = leave ?? null;
	const sameView = main.dataset.view === route.view + '/' + route.args.join('/');
	main.dataset.view = route.view + '/' + route.args.join('/');
	main.replaceChildren(page);
	if (!sameView) {
		window.scrollTo(0, 0);
		document.title = shown([page.querySelector('h1')?.textContent, model.meta.title].filter(Boolean).join(' · '));
	}
	page.dispatchEvent(new CustomEvent('shown'));
	main.dataset.ready = String(turn);
}

const stateOf = async () => (await fetch('state')).text();

/** Loads a served page anew when what it shows has changed: a scan has finished. */
function watch(first) {
	const timer = setInterval(async () => {
		try {
			if ((await stateOf()) !== first) location.reload();
		} catch {
			clearInterval(timer); // the server has ended: what is shown stays
			document.getElementById('status').textContent = 'sightline serve has ended';
		}
	}, 2000);
}

async function begin() {
	const stored = remember('theme');
	if (stored) theme(stored);
	// A page that was served has no data of its own.
	const served = !document.getElementById('data:meta') && location.protocol !== 'file:';
	const state = served ? await stateOf() : null;
	const source = served
		? fetchedSource(
				`at/${state}/`,
				(address) => fetch(address),
				() => location.reload(),
			)
		: embeddedSource(document);
	model = await new Model(createLoader(source)).open();
	if (served) watch(state);
	frame();
	window.addEventListener('hashchange', show);
	await show();
}

begin()
	.then(() => {
		document.documentElement.dataset.ready = 'yes';
		performance.mark('ready');
	})
	.catch((error) => {
		console.error(error);
		replace(
			main,
			h('h1', {}, 'This report could not be opened'),
			h('p', {}, `${error?.message ?? error}. It needs a browser of 2023 or later.`),
		);
	});
