// SPDX-License-Identifier: GPL-3.0-or-later
// Every page of a codebase whose every name tries to break out: nothing runs, all of it is shown: MODULES CHROMIUM PAGE.
import assert from 'node:assert/strict';
import { run } from './browser.mjs';

const BIDI = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/;

async function clean(page, where) {
	const state = await page.evaluate(() => ({
		broken: 'broken' in window,
		images: document.querySelectorAll('img').length,
		scripts: document.querySelectorAll('script:not([type])').length,
		text: document.body.innerText,
		handlers: [...document.querySelectorAll('*')].filter((element) =>
			[...element.attributes].some((a) => a.name.startsWith('on')),
		).length,
		addresses: [...document.querySelectorAll('[href]')]
			.map((element) => element.getAttribute('href'))
			.filter((href) => !/^(#|data:image\/svg)/.test(href)),
		title: document.title,
	}));
	assert.deepEqual([state.broken, state.images, state.scripts, state.handlers, state.addresses], [false, 0, 1, 0, []], where);
	assert.doesNotMatch(state.text, BIDI, where);
	assert.doesNotMatch(state.title, BIDI, where);
	return state.text;
}

async function everyLink({ page, go }) {
	const views = ['overview', 'map', 'matrix', 'hotspots', 'flows', 'resources', 'drift', 'findings', 'tasks'];
	const seen = new Set(views.map((view) => '#/' + view));
	const work = [...seen];
	let text = '';
	while (work.length && seen.size < 260) {
		const at = work.shift();
		await go(at);
		text += await clean(page, at);
		for (const href of await page.$$eval('#main a[href]', (links) => links.map((a) => a.getAttribute('href')))) {
			if (seen.has(href) || seen.size >= 260) continue;
			seen.add(href);
			work.push(href);
		}
	}
	assert.ok(seen.size > 30, `${seen.size} addresses`);
	// Shown as text, all of it.
	assert.ok(text.includes('</script><script>window.broken=1</script><img src=x onerror=window.broken=1>'));
	assert.ok(text.includes('"\'`${window.broken=1}&lt;b&gt;&amp;'));
	assert.ok(text.includes('user\\u{202e}txt.\\u{2066}c\\u{2069}'));
	assert.ok(text.includes('bytes\\xff\\xfe.c'));
}

async function searchAndAddresses({ page, go }) {
	await page.fill('#search', '</script>');
	await page.waitForSelector('.search-results a');
	await clean(page, 'search');
	for (const hash of [
		'#/<img src=x onerror=window.broken=1>',
		'#/file/<img src=x onerror=window.broken=1>',
		'#/function/javascript:window.broken=1',
		'#/__proto__/x?__proto__=1',
		'#/constructor',
		'#/findings?q=<svg onload=window.broken=1>&severity=__proto__',
	]) {
		await go(hash);
		await clean(page, hash);
	}
}

/** The policy holds even if the page's own care did not. */
async function policyHolds({ page, faults }) {
	page.on('response', (response) => assert.fail(`answered: ${response.url()}`));
	await page.evaluate(() => {
		const script = document.createElement('script');
		script.textContent = 'window.broken = 1';
		document.body.append(script);
		const image = new Image();
		image.src = 'https://example.invalid/x.png';
		const holder = document.createElement('div');
		holder.innerHTML = '<img src="x:" onerror="window.broken=1">';
		document.body.append(holder);
	});
	await page.waitForTimeout(200);
	assert.equal(await page.evaluate(() => 'broken' in window), false);
	assert.equal(
		await page.evaluate(() =>
			fetch('https://example.invalid/').then(
				() => 'sent',
				() => 'refused',
			),
		),
		'refused',
	);
	const refused = faults.filter((fault) => /violates the following Content Security Policy/.test(fault));
	assert.equal(refused.length, 5, faults.join('\n')); // script, handler, two images, fetch
	faults.length = 0;
}

await run(process.argv.slice(2), [everyLink, searchAndAddresses, policyHolds]);
