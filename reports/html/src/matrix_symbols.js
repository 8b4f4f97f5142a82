// SPDX-License-Identifier: GPL-3.0-or-later
// What a cell of the matrix is made of: the symbols that the files of its row name in the files of its column. Pure but for what it
// loads.
import { change } from './changes.js';

/** Whether a row of the matrix stands for a file; domain: the one that the file is in. */
export function covers(item, path, domain) {
	if (item.file) return item.file.file === path;
	if (item.files) return item.files.has(path);
	if (item.domains) return item.domains.has(domain);
	return item.domain.domain === domain;
}

/** Domains whose parts tell of what a row's files use. */
const domainsOf = (item) => (item.domains ? [...item.domains] : [item.domain.domain]);

async function partsOf(model, kind, numbers) {
	const tables = await Promise.all([...new Set(numbers)].filter((n) => n >= 0).map((n) => model.load(`${kind}.${n}`)));
	return tables.flatMap((table) => table.objects());
}

/** [{symbol, kind, from, to, line, sites, observed, confidence}]: paths by name; line: the first in from that names it. */
export async function symbolsOf(model, from, to) {
	const files = await model.files();
	const rows = await partsOf(
		model,
		'symbols',
		domainsOf(from).map((name) => model.domain(name)?.number ?? -1),
	);
	return rows
		.filter(
			(row) => covers(from, files[row.from].file, files[row.from].domain) && covers(to, files[row.to].file, files[row.to].domain),
		)
		.map((row) => ({ ...row, from: files[row.from].file, to: files[row.to].file }));
}

const isClosed = (item) => !item.file && !item.files;
const keyOf = (row) => `${row.from}\n${row.to}\n${row.symbol}\n${row.kind}`;

/** The same of two releases: sites and old_sites, null where it is not there, and change. What stands between two domains is told by
 * the domains that files were in then; a file's row holds what the file did before it moved, too. */
export async function changedSymbolsOf(model, world, from, to) {
	const files = await model.files();
	const now = new Map(files.map((file) => [file.file, file.domain]));
	const last = new Map(world.files.map((file) => [file.file, file.domain]));
	const { before } = world.drift;
	const then = (path) => (before.has(path) ? before.get(path) : now.get(path));
	const old = isClosed(from) && isClosed(to) ? then : (path) => (then(path) === null ? null : last.get(path));
	const within = (row, domain) => covers(from, row.from, domain(row.from)) && covers(to, row.to, domain(row.to));
	// Files that left the row's domains stand in the parts of those that they are in now.
	const names = new Set(domainsOf(from));
	const moved = [...before].filter(([, domain]) => names.has(domain)).map(([path]) => now.get(path));
	const numbers = [...names, ...moved].map((name) => model.domain(name)?.number ?? model.domains.length);
	const [current, changes] = await Promise.all([
		partsOf(
			model,
			'symbols',
			numbers.filter((n) => n < model.domains.length),
		),
		partsOf(model, 'drift_symbols', [...numbers, model.domains.length]),
	]);
	const changed = new Map(changes.map((row) => [keyOf(row), row]));
	const result = [];
	const add = (row, before_, after) => {
		if (before_ !== null || after !== null)
			result.push({ ...row, sites: after, old_sites: before_, change: change(before_, after) });
	};
	for (const numbered of current) {
		if (numbered.kind === 'observed') continue; // which run was traced is no change of the source
		const row = { ...numbered, from: files[numbered.from].file, to: files[numbered.to].file };
		const was = changed.has(keyOf(row)) ? changed.get(keyOf(row)).old_sites : row.sites;
		add(row, within(row, old) ? was : null, within(row, (path) => now.get(path)) ? row.sites : null);
	}
	for (const row of changes) if (row.new_sites === null && within(row, old)) add(row, row.old_sites, null);
	return result;
}
