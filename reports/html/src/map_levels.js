// SPDX-License-Identifier: GPL-3.0-or-later
// What the map shows at each level: domains, the files of one, the functions of a file; all else folded. Pure but for what it loads.
import { basename, lineCount, number, plural } from './text.js';

export const MOST_NODES = 60;
const MOST_OUTSIDE = 14;

/** x.c and x.h are one part: they change together, and the header says what the other does. */
export const stemOf = (path) => path.replace(/\.[^./]*$/, '');

export function edgeKind(edge) {
	if (!(edge.observed > 0)) return 'static';
	return edge.weight > 0 ? 'both' : 'observed';
}

/** Adds up edges between the same two nodes; loops are left out. */
export function addEdges(list) {
	const sums = new Map();
	for (const edge of list) {
		if (edge.from === edge.to) continue;
		const key = edge.from * 1048576 + edge.to;
		const sum = sums.get(key);
		if (!sum) sums.set(key, { ...edge });
		else {
			sum.weight += edge.weight;
			sum.observed += edge.observed;
			sum.kinds |= edge.kinds;
			sum.confidence = Math.max(sum.confidence ?? 0, edge.confidence ?? 0);
		}
	}
	return [...sums.values()];
}

/** Leaves the most important nodes and folds the rest into one ("and 12 more"). nodes: {weight, isOutside}; answers the number of
 * each node's place, and how many were folded. */
export function fold(nodes, most) {
	const order = nodes
		.map((_, i) => i)
		.sort((a, b) => nodes[b].weight - nodes[a].weight || (nodes[a].key < nodes[b].key ? -1 : 1));
	if (order.length <= most) return { place: nodes.map((_, i) => i), folded: 0, kept: nodes.map((_, i) => i) };
	const kept = order.slice(0, most - 1).sort((a, b) => a - b);
	const place = new Array(nodes.length).fill(kept.length);
	kept.forEach((node, i) => (place[node] = i));
	return { place, folded: nodes.length - kept.length, kept };
}

/** Nodes that much of what is shown uses, and that use little themselves. */
export function utilities(count, edges) {
	const users = new Array(count).fill(0);
	const used = new Array(count).fill(0);
	for (const edge of edges) {
		users[edge.to]++;
		used[edge.from]++;
	}
	const least = Math.max(5, count * 0.35);
	return users.map((n, i) => n >= least && used[i] < n / 2);
}

function foldedNode(count, what) {
	return {
		key: `and ${count} more`,
		label: `${number(count)} more ${what}`,
		sub: 'folded',
		isFolded: true,
		weight: 0,
		level: 0,
		about: `${number(count)} more ${what}, folded into one`,
	};
}

function finish(nodes, edges, most, what) {
	const { place, folded, kept } = fold(nodes, most);
	const result = kept.map((i) => nodes[i]);
	if (folded) result.push(foldedNode(folded, what));
	return {
		nodes: result,
		edges: addEdges(edges.map((edge) => ({ ...edge, from: place[edge.from], to: place[edge.to] }))),
		folded,
	};
}

export function domainLevel(model, most) {
	const nodes = model.domains.map((domain) => ({
		key: domain.domain,
		label: domain.domain,
		sub: lineCount(domain.lines),
		weight: domain.lines,
		size: domain.lines,
		level: domain.level ?? 0,
		debt: domain.debt,
		exclusivity: domain.exclusivity,
		marks: domain.cycle !== null ? '↻' : '',
		domain,
		about: `Domain ${domain.domain}: ${plural(domain.lines, 'line')} in ${plural(domain.files, 'file')}, debt ${Math.round(domain.debt)} of 100${domain.cycle !== null ? ', in a circle of domains' : ''}`,
	}));
	return finish(nodes, model.edges, most, 'domains');
}

/** Outside nodes: what uses the inside stands above it, what it uses below. */
function levelOutside(nodes, edges, top) {
	for (const [i, node] of nodes.entries()) {
		if (!node.isOutside) continue;
		let uses = 0;
		let used = 0;
		for (const edge of edges) {
			if (edge.from === i) uses += edge.weight + edge.observed;
			if (edge.to === i) used += edge.weight + edge.observed;
		}
		node.level = uses > used ? top + 1 : 0;
	}
}

const outsideDomain = (domain, weight) => ({
	key: domain.domain,
	label: domain.domain,
	sub: 'domain',
	isOutside: true,
	weight,
	level: 0,
	size: 0,
	debt: domain.debt,
	exclusivity: domain.exclusivity,
	domain,
	about: `Domain ${domain.domain}, folded`,
});

/** The strongest outside neighbours by key; the others become one. */
function outsiders(neighbours, most) {
	const order = [...neighbours.values()].sort((a, b) => b.weight - a.weight || (a.node.key < b.node.key ? -1 : 1));
	return { kept: new Set(order.slice(0, most).map((n) => n.id)), rest: Math.max(0, order.length - most) };
}

export async function fileLevel(model, domain, most, levels) {
	const [files, table] = await Promise.all([model.files(), model.load('deps.' + domain.number)]);
	const nodes = [];
	const place = new Map();
	for (const file of files) {
		if (file.domainNumber !== domain.number) continue;
		const stem = stemOf(file.file);
		let node = nodes[place.get(stem)];
		if (!node) {
			place.set(stem, nodes.length);
			nodes.push(
				(node = { key: file.file, label: basename(file.file), weight: 0, size: 0, debt: null, files: [], isFile: true }),
			);
		}
		if (node.files.length && !file.is_header && files[node.files[0]].is_header)
			[node.key, node.label] = [file.file, basename(file.file)];
		node.files.push(file.number);
		node.size += file.code_lines;
		node.weight += file.code_lines * (1 + Math.log2(1 + (file.fan_in ?? 0)));
		node.debt = Math.max(node.debt ?? 0, file.debt ?? 0);
		node.findings = (node.findings ?? 0) + file.findings;
	}
	for (const node of nodes) {
		node.sub = `${lineCount(node.size)}${node.files.length > 1 ? ' · ' + node.files.length + ' files' : ''}`;
		node.about = `File ${node.key}: ${plural(node.size, 'line')} of code, debt ${Math.round(node.debt ?? 0)} of 100`;
	}
	const inside = nodes.length;
	const raw = rawEdges(table);
	const neighbours = new Map();
	for (const edge of raw)
		for (const file of [edge.from, edge.to]) {
			const other = files[file].domainNumber;
			if (other === domain.number || other < 0) continue;
			if (!neighbours.has(other)) neighbours.set(other, { id: other, weight: 0, node: outsideDomain(model.domains[other], 0) });
			neighbours.get(other).weight += edge.weight + edge.observed;
		}
	const { kept, rest } = outsiders(neighbours, MOST_OUTSIDE);
	const outside = new Map();
	for (const id of kept) outside.set(id, nodes.push({ ...neighbours.get(id).node, weight: Infinity }) - 1);
	if (rest) outside.set(-2, nodes.push({ ...foldedNode(rest, 'domains'), isOutside: true, weight: Infinity }) - 1);
	const nodeOf = (file) =>
		files[file].domainNumber === domain.number
			? place.get(stemOf(files[file].file))
			: (outside.get(files[file].domainNumber) ?? outside.get(-2));
	const edges = addEdges(
		raw
			.filter((edge) => edge.kinds !== 8)
			.map((edge) => ({ ...edge, from: nodeOf(edge.from), to: nodeOf(edge.to) }))
			.filter((edge) => edge.from !== undefined && edge.to !== undefined),
	);
	return level(nodes, edges, inside, most, levels, 'files');
}

function rawEdges(table) {
	const [from, to, weight, observed, kinds] = ['from', 'to', 'weight', 'observed', 'kinds'].map((c) => table.column(c));
	return Array.from({ length: table.length }, (_, i) => ({
		from: from[i],
		to: to[i],
		weight: weight[i],
		observed: observed[i],
		kinds: kinds[i],
	}));
}

export async function functionLevel(model, file, most, levels) {
	const files = await model.files();
	const stem = stemOf(file.file);
	const shownFiles = files.filter((other) => other.domainNumber === file.domainNumber && stemOf(other.file) === stem);
	const names = await model.names();
	const nodes = [];
	const place = new Map();
	for (const one of shownFiles)
		for (const f of await model.functionsOf(one)) {
			place.set(f.number, nodes.length);
			nodes.push({
				key: f.name,
				label: f.name,
				sub: plural(f.code_lines ?? 0, 'line'),
				weight: f.code_lines + 1,
				size: f.code_lines,
				isFunction: true,
				function: f,
				debt: f.cognitive,
				about: `Function ${f.name}: ${plural(f.code_lines ?? 0, 'line')}, cognitive complexity ${f.cognitive ?? 0}`,
			});
		}
	const inside = nodes.length;
	const calls = (await Promise.all(shownFiles.filter((one) => one.functions).map((one) => model.callsOfFile(one)))).flat();
	const neighbours = new Map();
	const outsideOf = (end) => {
		const other = files[names.file[end]];
		if (!other) return null; // outside the codebase
		return other.domainNumber === file.domainNumber
			? 'f' + stemOf(other.file)
			: other.domainNumber < 0
				? null
				: 'd' + other.domainNumber;
	};
	for (const call of calls)
		for (const end of [call.from, call.to]) {
			const id = place.has(end) ? null : outsideOf(end);
			if (!id) continue;
			if (!neighbours.has(id)) {
				const other = files[names.file[end]];
				neighbours.set(id, {
					id,
					weight: 0,
					node:
						id[0] === 'd'
							? outsideDomain(model.domains[other.domainNumber], 0)
							: {
									key: other.file,
									label: basename(other.file),
									sub: 'file',
									isOutside: true,
									isFile: true,
									level: 0,
									size: 0,
									files: [other.number],
									about: `File ${other.file}, folded`,
								},
				});
			}
			neighbours.get(id).weight += call.sites;
		}
	const { kept, rest } = outsiders(neighbours, MOST_OUTSIDE);
	const outside = new Map();
	for (const id of kept) outside.set(id, nodes.push({ ...neighbours.get(id).node, weight: Infinity }) - 1);
	if (rest) outside.set('', nodes.push({ ...foldedNode(rest, 'neighbours'), isOutside: true, weight: Infinity }) - 1);
	const nodeOf = (end) => {
		if (place.has(end)) return place.get(end);
		const id = outsideOf(end);
		return id ? (outside.get(id) ?? outside.get('')) : undefined;
	};
	const edges = addEdges(
		calls
			.map((call) => ({
				from: nodeOf(call.from),
				to: nodeOf(call.to),
				weight: call.how === 'observed' ? 0 : call.sites * call.confidence,
				observed: call.observed,
				kinds: 1,
				confidence: call.confidence,
				isIndirect: call.how === 'indirect',
			}))
			.filter((edge) => edge.from !== undefined && edge.to !== undefined),
	);
	return level(nodes, edges, inside, most, levels, 'functions');
}

function level(nodes, edges, inside, most, levels, what) {
	const own = levels(
		inside,
		edges.filter((edge) => edge.from < inside && edge.to < inside),
	);
	const top = Math.max(0, ...own) + 1;
	nodes.forEach((node, i) => (node.level = i < inside ? own[i] + 1 : 0));
	levelOutside(nodes, edges, top);
	return finish(nodes, edges, most, what);
}
