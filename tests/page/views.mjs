// SPDX-License-Identifier: GPL-3.0-or-later
// Each view opens, drills, filters, searches and links: MODULES CHROMIUM PAGE. The page is the one of test_page.py.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './browser.mjs';

const ALL = [
	'overview',
	'map',
	'map/app',
	'map/app/app%2Fmain.c',
	'matrix',
	'matrix/store/net',
	'matrix/store/net?view=drift',
	'matrix?view=drift&open=store%7Cnet',
	'hotspots',
	'hotspots/net',
	'flows',
	'flows/main/app%2Fmain.c',
	'resources',
	'resources/environment/SHARED_MODE',
	'drift',
	'drift/functions?view=beside',
	'findings',
	'tasks',
	'domain/store',
	'file/store%2Fstore.c',
	'function/net_send/net%2Fnet.c',
];
const hash = (page) => page.evaluate(() => location.hash);
const heading = (page) => page.textContent('#main h1');
const count = (page, selector) => page.locator(selector).count();

async function overview({ page }) {
	assert.match(await page.textContent('.lead'), /3 domains in 6 files.*seen in 1 traced run/s);
	assert.equal(await count(page, '.measure'), 6);
	assert.match(await page.textContent('.measures'), /since one/);
	assert.ok((await count(page, '.spark')) >= 1);
	assert.match(await page.textContent('.event-list'), /dependency added\s+store -> net/);
	assert.match(await page.textContent('.bars'), /units parsed\s*4 of 4/);
	await page.click('.task-list a');
	await page.waitForSelector('.page-tasks h1');
	assert.match(await hash(page), /^#\/tasks\/[A-Z]\d+/);
}

async function mapOpensLevelByLevel({ page, go, drawn }) {
	await go('#/map');
	assert.equal(await count(page, '.node'), 3);
	assert.equal(await count(page, '.edge:not(.is-hidden)'), 4);
	assert.equal(await count(page, '.edge-observed'), 1); // net calls back into app through a pointer
	assert.equal(await count(page, '.edge-both'), 2);
	assert.equal(await count(page, '.edge.is-forbidden'), 1);
	const boxes = await page.$$eval('.node', (nodes) => nodes.map((node) => node.getBoundingClientRect().toJSON()));
	const frame = await page.$eval('.graph', (svg) => svg.getBoundingClientRect().toJSON());
	for (const box of boxes)
		assert.ok(box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom);
	await page.click('.node[data-key=store]');
	assert.match(await page.textContent('.panel'), /store.*Needs 1.*net/s);
	await drawn(() => page.click('.panel .button'));
	assert.equal(await hash(page), '#/map/store');
	assert.ok(
		(await page.$$eval('.node:not(.is-outside)', (nodes) => nodes.map((node) => node.dataset.key))).includes('store/store.c'),
	);
	assert.ok((await count(page, '.node.is-outside')) >= 1);
	await drawn(() => page.dblclick('.node[data-key="store/store.c"]'));
	assert.equal(await hash(page), '#/map/store/store%2Fstore.c');
	assert.equal(await count(page, '.node[data-key=store_put]'), 1);
	await drawn(() => page.dblclick('.node[data-key=store_put]'));
	assert.equal(await heading(page), 'store_put');
	await drawn(() => page.goBack());
	await drawn(() => page.click('.crumbs a >> text=All domains'));
	assert.equal(await count(page, '.node'), 3);
}

async function mapFilters({ page, go, drawn }) {
	await go('#/map');
	await page.fill('.toolbar .filter', 'sto');
	assert.equal(await count(page, '.node.is-found'), 1);
	await drawn(() => page.check('text=Only violations'));
	assert.equal(await hash(page), '#/map?violations=1');
	assert.equal(await count(page, '.edge'), 1);
	await drawn(() => page.uncheck('text=Only violations'));
	await drawn(() => page.selectOption('.toolbar label:has-text("Seen") select', 'observed'));
	assert.equal(await count(page, '.edge'), 1);
	await go('#/map?color=exclusivity');
	assert.equal(await count(page, '.node[class*=band-]'), 3);
	await go('#/map?kind=data');
	assert.equal(await count(page, '.edge'), 0);
	await go('#/map?weight=1000000');
	assert.equal(await count(page, '.edge'), 0);
}

async function mapByKeyboard({ page, go, drawn }) {
	await go('#/map?edges=3');
	await page.focus('.node[tabindex="0"]');
	const first = await page.evaluate(() => document.activeElement.dataset.key);
	const seen = new Set([first]);
	for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowLeft']) {
		await page.keyboard.press(key);
		seen.add(await page.evaluate(() => document.activeElement.dataset.key));
	}
	assert.ok(seen.size === 3, [...seen].join());
	await page.keyboard.press('Space');
	assert.equal(await count(page, '.node.is-selected'), 1);
	await page.keyboard.press('Escape');
	assert.equal(await count(page, '.node.is-selected'), 0);
	const at = await page.evaluate(() => document.activeElement.dataset.key);
	await drawn(() => page.keyboard.press('Enter'));
	assert.equal(await hash(page), `#/map/${at}`);
}

async function matrix({ page, go, drawn }) {
	await go('#/matrix/store/net');
	await page.waitForSelector('.panel .warning');
	assert.match(await page.textContent('.panel'), /Forbidden.*net_open/s);
	const size = await page.$eval('.matrix', (canvas) => canvas.width * canvas.height);
	assert.ok(size > 10000);
	assert.ok(
		await page.$eval(
			'.matrix',
			(canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size > 20,
		),
	);
	await page.focus('.matrix');
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('ArrowLeft');
	await page.waitForFunction(() => /store_put|net_poll/.test(document.querySelector('.panel').textContent));
	await drawn(() => page.keyboard.press('Enter'));
	assert.match(await hash(page), /^#\/matrix\?open=/);
	await page.click('.as-table summary');
	assert.ok((await count(page, '.as-table tbody tr')) >= 3);
}

/** Cells open to exactly their own symbols, with where they are named. */
async function matrixOpensToSymbols({ page, go }) {
	await go('#/matrix/app%2Fmain.c/net%2Fnet.c?open=app%7Cnet');
	await page.waitForSelector('.panel .data');
	const rows = await page.$$eval('.panel .data tbody tr', (all) => all.map((row) => row.textContent));
	assert.deepEqual(rows.sort(), ['net_poll callapp/main.c:1813', 'net_send callapp/main.c:6160']);
}

async function matrixOfTwoReleases({ page, go, drawn }) {
	await go('#/drift');
	await drawn(() => page.click('text=As a matrix'));
	assert.match(await page.textContent('.panel'), /1 added, 0 removed, 0 changed/);
	assert.match(await page.textContent('.legend'), /added.*removed.*changed.*as it was/s);
	await go('#/matrix/store/net?view=drift');
	await page.waitForSelector('.panel .data');
	assert.match(await page.textContent('.panel .facts'), /\+ added/);
	assert.match(await page.textContent('.panel .data'), /\+ added.*net_open.*store\/store\.c:12/s);
	await page.click('.as-table summary');
	await page.selectOption('.as-table .facet select', 'added');
	assert.equal(await count(page, '.as-table tbody tr'), 1);
	await go('#/matrix/store%2Fstore.c/net%2Fnet.c?view=drift&open=store%7Cnet');
	await page.waitForSelector('.panel .data');
	assert.match(await page.textContent('.panel .data'), /\+ added.*net_open.*store\/store\.c:12/s);
	await drawn(() => page.click('text=This release'));
	assert.doesNotMatch(await hash(page), /drift/);
}

async function hotspots({ page, go, drawn }) {
	await go('#/hotspots');
	assert.equal(await count(page, '.area'), 4 + 2); // 4 .c files, and the headers of two domains
	await drawn(() => page.selectOption('.heading select', 'findings'));
	assert.equal(await hash(page), '#/hotspots?color=findings');
	await drawn(() => page.click('.area-domain a >> nth=0'));
	assert.match(await hash(page), /^#\/hotspots\/\w+/);
	await drawn(() => page.click('.area >> nth=0'));
	assert.match(await hash(page), /^#\/file\//);
}

async function flows(world) {
	const { page, go, drawn } = world;
	await go('#/flows');
	await drawn(() => page.click('td >> text=main'));
	assert.match(await page.textContent('.sequence'), /app.*net.*store|app.*store.*net/s);
	assert.ok((await count(page, '.message')) >= 3);
	assert.match(await page.textContent('.reach'), /store/);
	assert.match(await page.textContent('#main'), /SHARED_MODE/);
	const loops = await count(page, '.loop-label');
	assert.ok(loops >= 1);
	const before = await count(page, '.message');
	await page.click('.loop-label >> nth=0');
	assert.ok((await count(page, '.message')) < before);
	const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Save .mmd')]);
	await mermaidReads(world, readFileSync(await download.path(), 'utf8'));
}

/** Mermaid itself, in a page of its own, says whether it can read what was exported. */
async function mermaidReads({ browser, modules }, source) {
	const other = await browser.newPage();
	await other.addScriptTag({ path: path.join(modules, 'mermaid/dist/mermaid.min.js') });
	const type = await other.evaluate(async (text) => (await window.mermaid.parse(text)).diagramType, source);
	assert.equal(type, 'sequence');
	await assert.rejects(other.evaluate((text) => window.mermaid.parse(text), 'sequenceDiagram\n  a ->> '));
	await other.close();
}

async function resources({ page, go, drawn }) {
	await go('#/resources');
	assert.match(await page.textContent('.grid tbody tr >> nth=0'), /SHARED_MODE/);
	assert.equal(await count(page, '.grid tbody tr:first-child td.is-used'), 2);
	await drawn(() => page.click('.grid a >> text=SHARED_MODE'));
	assert.equal(await count(page, '.data tbody tr'), 2);
}

async function drift({ page, go, drawn }) {
	await go('#/drift');
	assert.equal(await count(page, '.edge-change-added'), 1);
	assert.equal(await count(page, '.map-picture'), 1);
	assert.match(await page.textContent('.data'), /dependency.added.*store -> net/s);
	assert.ok((await count(page, '.data tbody tr')) > 2);
	await drawn(() => page.click('text=Side by side'));
	assert.equal(await count(page, '.map-picture'), 2);
	assert.equal(await count(page, '.map-picture >> nth=0 >> .edge-change-added'), 0);
	const places = await page.$$eval('.graph', (pictures) =>
		pictures.map((svg) =>
			[...svg.querySelectorAll('.node')].map((node) => node.dataset.key + node.getAttribute('transform')).join(),
		),
	);
	assert.equal(places[0], places[1]);
	await drawn(() => page.click('.tabs >> text=Functions'));
	assert.match(await page.textContent('.data'), /extra/);
	await drawn(() => page.click('.tabs >> text=Files'));
	assert.match(await page.textContent('.data'), /app\/extra\.c.*added/s);
}

async function findings({ page, go, drawn }) {
	await go('#/findings');
	const all = await count(page, '.data tbody tr');
	await page.fill('.table-tools .filter', 'without asking');
	const some = await count(page, '.data tbody tr');
	assert.ok(some > 0 && some < all);
	assert.match(await hash(page), /q=without%20asking/);
	await page.fill('.table-tools .filter', 'no such thing');
	assert.match(await page.textContent('.data tbody'), /Nothing matches/);
	await page.fill('.table-tools .filter', '');
	await page.selectOption('.facet:has-text("Severity") select', 'minor');
	assert.deepEqual(
		[...new Set(await page.$$eval('.data .severity', (chips) => chips.map((chip) => chip.textContent)))],
		['minor'],
	);
	await page.selectOption('.facet:has-text("Severity") select', '');
	const order = () => page.$$eval('.data tbody tr td:nth-child(2)', (cells) => cells.map((cell) => cell.textContent));
	await page.click('.sort >> text=Rule');
	assert.deepEqual(await order(), [...(await order())].sort());
	await page.click('.sort >> text=Rule');
	assert.deepEqual(await order(), [...(await order())].sort().reverse());
	assert.equal(await page.getAttribute('th:nth-child(2)', 'aria-sort'), 'descending');
	await page.fill('.table-tools .filter', 'store.c:8');
	await drawn(() => page.click('.data tbody tr:first-child td:nth-child(3) a'));
	assert.equal(await count(page, '.source .marked'), 1);
	const tops = await page.$$eval('.source .line', (lines) => lines.map((line) => line.getBoundingClientRect().top));
	assert.ok(tops.length > 1 && tops.every((top, i) => i === 0 || top > tops[i - 1])); // each below the last
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.click('text=Copy as Jira text');
	await page.waitForSelector('#status.is-shown');
	const text = await page.evaluate(() => navigator.clipboard.readText());
	assert.match(text, /^h3\. .*\{noformat\}/s);
}

async function tasks({ page, go, drawn }) {
	await go('#/tasks');
	await drawn(() => page.click('.data tbody a >> nth=0'));
	assert.match(await page.textContent('#main'), /Why.*What to do.*Evidence/s);
	await page.click('text=Copy as Jira text');
	assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^h2\. .*h3\. Evidence/s);
	await drawn(() => page.click('.data tbody tr:first-child .name >> nth=0'));
	assert.match(await hash(page), /^#\/findings\//);
}

async function pagesOfThings({ page, go, drawn }) {
	await go('#/function/net_send/net%2Fnet.c');
	const callers = await page.textContent('.card:has(h2:has-text("Callers"))');
	assert.match(callers, /ready.*direct.*1\.00.*60/s);
	assert.match(callers, /net_open/);
	assert.match(await page.textContent('.card:has(h2:has-text("Callees"))'), /getenv.*outside/s);
	await drawn(() => page.click('.card:has(h2:has-text("Callers")) a >> text=ready'));
	assert.equal(await heading(page), 'ready');
	assert.match(await page.textContent('.card:has(h2:has-text("Callers"))'), /net_poll.*indirect/s);
	await drawn(() => page.click('.facts a >> nth=0'));
	assert.equal(await heading(page), 'main.c');
	assert.match(await page.textContent('#main'), /never_called/);
	await drawn(() => page.click('.facts a >> text=app'));
	assert.equal(await heading(page), 'app');
	await go('#/function/no_such/thing.c');
	assert.match(await page.textContent('#main'), /not in this release/);
	await go('#/file/nowhere.c');
	assert.match(await page.textContent('#main'), /no file/);
	await go('#/domain/nowhere');
	assert.match(await page.textContent('#main'), /no domain/);
}

async function search({ page, drawn }) {
	await page.keyboard.press('Escape');
	await page.evaluate(() => document.activeElement.blur());
	await page.keyboard.press('/');
	await page.keyboard.type('net_po');
	await page.waitForSelector('.search-results a');
	await page.keyboard.press('ArrowDown');
	assert.equal(await page.getAttribute('#search', 'aria-activedescendant'), 'result-0');
	await drawn(() => page.keyboard.press('Enter'));
	assert.equal(await heading(page), 'net_poll');
	await page.fill('#search', 'zzzz');
	assert.match(await page.textContent('.search-results'), /Nothing/);
	await page.keyboard.press('Escape');
	assert.equal(await page.isVisible('.search-results'), false);
}

async function linksLeadSomewhere({ page, go }) {
	const known = new Set(ALL.map((one) => one.split(/[/?]/)[0]));
	for (const view of ALL) {
		await go('#/' + view);
		assert.ok((await heading(page)).trim(), view);
		assert.doesNotMatch(await page.textContent('#main'), /undefined|NaN|\[object|\bfalse\b|could not be drawn/, view);
		for (const href of await page.$$eval('#main a[href]', (links) => links.map((a) => a.getAttribute('href'))))
			assert.ok(known.has(href.replace(/^#\//, '').split(/[/?]/)[0]), `${view}: ${href}`);
	}
}

async function addressesCanBeShared({ page, browser }) {
	const base = page.url().split('#')[0];
	for (const view of ['map/app', 'findings?severity=minor', 'function/net_send/net%2Fnet.c']) {
		const other = await browser.newPage();
		await other.goto(`${base}#/${view}`);
		await other.waitForSelector('html[data-ready=yes]');
		assert.equal(await other.evaluate(() => location.hash), `#/${view}`);
		assert.ok(await other.isVisible(`.page-${view.split(/[/?]/)[0]}`));
		await other.close();
	}
}

async function everyoneCanUseIt({ page, go, modules }) {
	// The page's own policy lets no other script in: axe comes in by the debugger.
	await page.evaluate(readFileSync(path.join(modules, 'axe-core/axe.min.js'), 'utf8'));
	for (const theme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme: theme });
		for (const view of ALL) {
			await go('#/' + view);
			const options = { resultTypes: ['violations'], ...(theme === 'dark' && { runOnly: ['color-contrast'] }) };
			const result = await page.evaluate((given) => window.axe.run(document, given), options);
			const bad = result.violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
			assert.deepEqual(
				bad.map(
					(violation) =>
						`${theme} ${view}: ${violation.id}: ${violation.nodes
							.slice(0, 3)
							.map((node) => node.html.slice(0, 160) + ' ' + node.failureSummary)
							.join(' | ')}`,
				),
				[],
			);
		}
	}
	await page.emulateMedia({ colorScheme: 'light' });
}

async function themesAndAbout({ page, go }) {
	await go('#/overview');
	const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
	const light = await ground();
	await page.click('[aria-label="Dark or light"]');
	assert.notEqual(await ground(), light);
	await page.click('[aria-label="Dark or light"]');
	assert.equal(await ground(), light);
	await page.click('text=About');
	assert.match(await page.textContent('.about'), /GPL-3\.0-or-later.*d3-zoom.*Mike Bostock/s);
	await page.keyboard.press('Escape');
	assert.equal(await page.isVisible('.about'), false);
}

async function prints({ page, go }) {
	await go('#/domain/app');
	await page.emulateMedia({ media: 'print' });
	assert.equal(await page.isVisible('#nav'), false);
	assert.ok((await page.pdf({ format: 'A4' })).length > 10000);
	await page.emulateMedia({ media: 'screen' });
	// A page that is dark is light on paper; nothing to press is left; pictures are whole.
	await page.click('[aria-label="Dark or light"]');
	for (const view of ALL) {
		await go('#/' + view);
		await page.emulateMedia({ media: 'print' });
		await page.setViewportSize({ width: 690, height: 980 }); // A4 without its margins
		const told = await page.evaluate(() => ({
			ground: getComputedStyle(document.documentElement).backgroundColor,
			buttons: [...document.querySelectorAll('button, input, select')].filter(
				(e) => e.checkVisibility() && !e.closest('th, dialog'),
			).length,
			isWide: document.documentElement.scrollWidth > window.innerWidth + 1,
			outside: [...document.querySelectorAll('.graph')].flatMap((graph) => {
				const frame = graph.getBoundingClientRect();
				return [...graph.querySelectorAll('.node')]
					.map((node) => node.getBoundingClientRect())
					.filter((box) => box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom);
			}).length,
		}));
		assert.deepEqual({ view, ...told }, { view, ground: 'rgb(255, 255, 255)', buttons: 0, isWide: false, outside: 0 });
		await page.emulateMedia({ media: 'screen' });
		await page.setViewportSize({ width: 1440, height: 900 });
	}
	await page.click('[aria-label="Dark or light"]');
}

async function smallScreens({ page, go }) {
	await page.setViewportSize({ width: 420, height: 800 });
	for (const view of ALL) {
		await go('#/' + view);
		assert.ok(
			await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth + 1),
			`${view} is wider than the screen`,
		);
		const entry = await page.$eval('#nav [aria-current]', (a) => a.getBoundingClientRect().toJSON());
		assert.ok(entry.left >= 0 && entry.right <= 421, `${view}: its entry in the navigation is out of sight`);
	}
	await page.setViewportSize({ width: 1440, height: 900 });
}

const checks = [
	overview,
	mapOpensLevelByLevel,
	mapFilters,
	mapByKeyboard,
	matrix,
	matrixOpensToSymbols,
	matrixOfTwoReleases,
	hotspots,
	flows,
	resources,
	drift,
	findings,
	tasks,
	pagesOfThings,
	search,
	linksLeadSomewhere,
	addressesCanBeShared,
	themesAndAbout,
	prints,
	smallScreens,
	everyoneCanUseIt,
];
await run(process.argv.slice(2), checks);
