// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the dependency matrix and its cells: domains, opened ones as their files; of one release, or of two on one matrix.
// Pure but for what it loads.
import { driftOf, weightChange } from './changes.js';
import { components, partition } from './layout.js';

export const MOST = 160; // rows that can still be told apart

/** What there is: domains and files with the domain that they are in now, or were in last. drift: of two releases. */
export async function worldOf(model, isDrift) {
	const files = await model.files();
	if (!isDrift) return { domains: model.domains, files: files.map((file) => ({ ...file })), drift: null };
	const drift = await driftOf(model);
	const changes = new Map(drift.files.map((row) => [row.file, row]));
	const domains = drift.domains.map((row) => {
		const domain = model.domain(row.domain);
		return { ...row, number: domain?.number ?? -1, level: domain?.level, lines: row.new_lines ?? row.old_lines };
	});
	const gone = drift.files.filter((row) => row.change === 'removed');
	return {
		drift: { ...drift, before: new Map(drift.files.map((row) => [row.file, row.old_domain])) },
		domains,
		files: [
			...files.map((file) => ({ ...file, change: changes.get(file.file)?.change ?? 'same' })),
			...gone.map((row) => ({ file: row.file, domain: row.old_domain, code_lines: row.old_lines, change: 'removed' })),
		],
	};
}

/** Rows in no order, and which row a domain or a file stands in. */
function rowsOf(world, opened) {
	const rows = [];
	const place = { domain: new Map(), file: new Map() };
	const closed = world.domains.filter((domain) => !opened.includes(domain.domain));
	const small = new Set([...closed].sort((a, b) => b.lines - a.lines || (a.domain < b.domain ? -1 : 1)).slice(MOST - 1));
	const most = Math.max(10, MOST - (closed.length - small.size));
	const add = (row) => rows.push(row) - 1;
	if (small.size) {
		const rest = add({ key: `and ${small.size} more domains`, isRest: true, domains: new Set(), level: -1 });
		for (const domain of small) {
			place.domain.set(domain.domain, rest);
			rows[rest].domains.add(domain.domain);
		}
	}
	for (const domain of closed)
		if (!small.has(domain)) place.domain.set(domain.domain, add({ key: domain.domain, domain, level: domain.level ?? 0 }));
	for (const domain of world.domains.filter((d) => opened.includes(d.domain))) {
		const own = world.files
			.filter((file) => file.domain === domain.domain)
			.sort((a, b) => b.code_lines - a.code_lines || (a.file < b.file ? -1 : 1));
		for (const file of own.slice(0, most)) place.file.set(file.file, add({ key: file.file, domain, file }));
		if (own.length <= most) continue;
		const left = own.slice(most);
		const rest = add({
			key: `and ${left.length} more files of ${domain.domain}`,
			domain,
			isRest: true,
			files: new Set(left.map((file) => file.file)),
		});
		for (const file of left) place.file.set(file.file, rest);
	}
	return { rows, place };
}

const FLAGS = ['forbidden', 'upward', 'cut'];

/** Sums of what goes from one row to another. */
class Sums {
	#sums = new Map();

	add(from, to, old, now, edge) {
		if (from === undefined || to === undefined || from === to) return;
		const key = from * 1048576 + to;
		const sum = this.#sums.get(key) ?? { from, to, old: null, now: null, observed: 0, kinds: 0 };
		this.#sums.set(key, sum);
		if (old !== null) sum.old = (sum.old ?? 0) + old;
		if (now !== null) sum.now = (sum.now ?? 0) + now;
		sum.observed += edge.observed ?? 0;
		sum.kinds |= edge.kinds ?? 0;
		for (const flag of FLAGS) if (edge[flag]) sum[flag] = 1;
	}

	all() {
		return [...this.#sums.values()];
	}
}

function addDomains(sums, model, world, place) {
	const name = (number) => model.domains[number].domain;
	if (!world.drift) {
		for (const edge of model.edges)
			sums.add(place.domain.get(name(edge.from)), place.domain.get(name(edge.to)), null, edge.weight, edge);
		return;
	}
	const told = new Map(model.edges.map((edge) => [`${name(edge.from)}\n${name(edge.to)}`, edge]));
	for (const edge of world.drift.edges) {
		const flags = told.get(`${edge.from}\n${edge.to}`);
		sums.add(place.domain.get(edge.from), place.domain.get(edge.to), edge.old_weight, edge.new_weight, {
			kinds: flags?.kinds,
			...(flags && edge.new_weight !== null && Object.fromEntries(FLAGS.map((flag) => [flag, flags[flag]]))),
		});
	}
}

/** Dependencies with an end in an opened domain. */
async function addFiles(sums, model, world, opened, place) {
	const files = await model.files();
	const domainOf = new Map(world.files.map((file) => [file.file, file.domain]));
	const rowOf = (path) => place.file.get(path) ?? place.domain.get(domainOf.get(path));
	const isShown = (from, to) => place.file.has(from) || place.file.has(to);
	const changed = world.drift ? await model.rows('drift_dependencies') : [];
	const before = new Map(changed.map((row) => [`${row.from}\n${row.to}`, row.old_weight]));
	const seen = new Set();
	for (const domain of opened.map((one) => model.domain(one)).filter(Boolean)) {
		const table = await model.load('deps.' + domain.number);
		const [from, to, weight, observed, kinds] = ['from', 'to', 'weight', 'observed', 'kinds'].map((c) => table.column(c));
		for (let i = 0; i < table.length; i++) {
			const pair = `${files[from[i]].file}\n${files[to[i]].file}`;
			if (kinds[i] === 8 || seen.has(pair)) continue;
			seen.add(pair); // told in both domains' parts
			const old = !world.drift ? null : before.has(pair) ? before.get(pair) : weight[i];
			if (world.drift && !weight[i]) continue;
			sums.add(rowOf(files[from[i]].file), rowOf(files[to[i]].file), old, weight[i], {
				observed: observed[i],
				kinds: kinds[i],
			});
		}
	}
	for (const row of changed)
		if (row.new_weight === null && isShown(row.from, row.to)) sums.add(rowOf(row.from), rowOf(row.to), row.old_weight, null, {});
}

/** {rows, edges}: an edge's weight is that of now, or was that of the release before where it is gone; old and now, null where it is
 * not there, and change where two releases are shown. */
export async function itemsOf(model, world, opened) {
	const { rows, place } = rowsOf(world, opened);
	const sums = new Sums();
	addDomains(sums, model, world, place);
	if (opened.length) await addFiles(sums, model, world, opened, place);
	const edges = sums.all().map((sum) => ({
		...sum,
		weight: sum.now ?? sum.old ?? 0,
		change: world.drift ? weightChange(sum.old, sum.now) : null,
	}));
	return { rows, edges };
}

/** Rows in an order in which what uses stands above what is used; cells by row * rows + column. */
export function ordered({ rows, edges }) {
	const real = edges.filter((edge) => edge.weight > 0);
	const order = partition(
		rows.length,
		real,
		(i) => rows[i].key,
		(i) => rows[i].level,
	);
	const place = [];
	order.forEach((row, at) => (place[row] = at));
	const there = real.filter((edge) => edge.change !== 'removed'); // what is gone closes no circle
	const { component } = components(rows.length, there);
	const sizes = new Map();
	for (const c of component) sizes.set(c, (sizes.get(c) ?? 0) + 1);
	const list = order.map((i) => ({ ...rows[i], circle: sizes.get(component[i]) > 1 ? component[i] : -1 }));
	const cells = new Map();
	for (const edge of edges) {
		const [row, column] = [place[edge.from], place[edge.to]];
		cells.set(row * list.length + column, { ...edge, row, column, isBack: row > column && edge.weight > 0 });
	}
	return { list, cells };
}
