// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests in the browser share: the page opened from disk, or as it is served, with every error, message and request noted.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';

export async function open([modules, chromium, file], { theme = 'light', print = false } = {}) {
	const require = createRequire(path.join(modules, 'x.js'));
	const playwright = require('playwright-core');
	const browser = await playwright.chromium.launch({
		executablePath: chromium,
		args: ['--no-sandbox', '--disable-dev-shm-usage'],
	});
	const context = await browser.newContext({
		viewport: { width: 1440, height: 900 },
		colorScheme: theme,
		reducedMotion: 'reduce',
		acceptDownloads: true,
	});
	const page = await context.newPage();
	page.setDefaultTimeout(8000);
	const faults = [];
	page.on('console', (message) => ['error', 'warning'].includes(message.type()) && faults.push(`console: ${message.text()}`));
	page.on('pageerror', (error) => faults.push(`error: ${error.stack}`));
	page.on('dialog', (dialog) => {
		faults.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
	const served = file.startsWith('http://') ? file : null;
	const isOwn = (address) => /^(file|data|blob):/.test(address) || (served && address.startsWith(served));
	page.on('request', (request) => !isOwn(request.url()) && faults.push(`request: ${request.url()}`));
	page.on('popup', () => faults.push('a window was opened'));
	await page.goto(served ?? 'file://' + path.resolve(file).split('/').map(encodeURIComponent).join('/'));
	await page.waitForSelector('html[data-ready=yes]');
	if (print) await page.emulateMedia({ media: 'print' });

	/** Goes to an address within the page and waits until it is drawn. */
	async function go(hash) {
		await page.evaluate(async (to) => {
			const main = document.getElementById('main');
			const before = main.dataset.ready;
			if (location.hash === to) return;
			location.hash = to;
			for (let i = 0; i < 500 && main.dataset.ready === before; i++) await new Promise((done) => setTimeout(done, 10));
			if (main.dataset.ready === before) throw new Error(`${to} was not drawn`);
		}, hash);
	}

	/** Does something that draws another view, and waits for it. */
	async function drawn(action) {
		const before = await page.evaluate(() => document.getElementById('main').dataset.ready);
		await action();
		await page.waitForFunction((old) => document.getElementById('main').dataset.ready !== old, before, { timeout: 8000 });
	}

	return { browser, page, faults, go, drawn, require, modules };
}

/** Runs named checks one after the other; the first that fails ends with exit code 1 and says which. */
export async function run(args, checks, options) {
	const world = await open(args, options);
	let name = 'opening';
	try {
		for (const check of checks) {
			name = check.name;
			await check(world);
			assert.deepEqual(world.faults, [], `after ${name}`);
		}
	} catch (error) {
		console.error(`FAILED: ${name}: ${error.stack}`);
		console.error(await world.page.url(), (await world.page.textContent('#main')).slice(0, 800));
		process.exitCode = 1;
	}
	await world.browser.close();
}
