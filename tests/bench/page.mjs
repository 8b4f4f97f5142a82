// SPDX-License-Identifier: GPL-3.0-or-later
// How quick a page is in headless Chromium: MODULES CHROMIUM PAGE. Prints one JSON object; times in milliseconds.
// A click is from the address' change to the frame in which the new view is painted.
import { open } from '../page/browser.mjs';

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const args = process.argv.slice(2);
const first = [];
let world;
for (let i = 0; i < 5; i++) {
	await world?.browser.close();
	world = await open(args);
	first.push(await world.page.evaluate(() => performance.getEntriesByName('ready')[0].startTime));
}
const { page } = world;

const addresses = await page.evaluate(() => {
	const of = (selector) => [...document.querySelectorAll(selector)].map((a) => a.getAttribute('href'));
	return [...of('#nav a'), ...of('#main a')];
});

/** Time to the first frame after the view is there. */
const visit = (hash) =>
	page.evaluate(async (to) => {
		const main = document.getElementById('main');
		const before = main.dataset.ready;
		const start = performance.now();
		location.hash = to;
		while (main.dataset.ready === before && performance.now() - start < 20000) await new Promise((done) => setTimeout(done, 1));
		await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
		return performance.now() - start;
	}, hash);

const clicks = [];
const work = [...new Set(addresses)];
const seen = new Set(work);
while (clicks.length < 120 && work.length) {
	const hash = work.shift();
	if (hash === (await page.evaluate(() => location.hash))) continue;
	clicks.push([Math.round(await visit(hash)), hash]);
	// From each view go on to some of its links: functions, files, domains, findings, and deeper levels of the map.
	const next = await page.$$eval('#main a[href]', (links) => links.map((a) => a.getAttribute('href')));
	const step = Math.max(1, Math.floor(next.length / 6));
	for (let i = 0; i < next.length; i += step)
		if (!seen.has(next[i])) {
			seen.add(next[i]);
			work.push(next[i]);
		}
}
const search = [];
for (const text of ['net', 'buffer_flush', 'x']) {
	await page.fill('#search', '');
	const start = Date.now();
	await page.fill('#search', text);
	await page.waitForSelector('.search-results a, .search-results .empty');
	search.push(Date.now() - start);
}
// Sequences, of those entry points that were seen: they come first.
const sequences = [];
await visit('#/flows');
for (const hash of await page.$$eval('#main td a[href^="#/flows/"]', (links) =>
	links.slice(0, 6).map((a) => a.getAttribute('href')),
)) {
	const time = Math.round(await visit(hash));
	if (await page.$('.sequence')) sequences.push(time);
}
const times = clicks.map(([time]) => time);
const slowest = [...clicks].sort((a, b) => b[0] - a[0]).slice(0, 8);
console.log(
	JSON.stringify({
		first_view: Math.round(median(first)),
		clicks: times.length,
		click_median: median(times),
		slowest,
		search,
		sequences,
	}),
);
for (const fault of world.faults) console.error(fault);
await world.browser.close();
