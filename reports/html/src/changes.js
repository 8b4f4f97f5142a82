// SPDX-License-Identifier: GPL-3.0-or-later
// What became of things between two releases, for all views that show it. Pure but for what it loads.

export const SIGNS = { added: '+', removed: '−', changed: '±', moved: '→', same: '' };

/** What became of something that had one value and has another; null: was or is not there. */
export function change(before, after, least = 0) {
	if (before === null) return 'added';
	if (after === null) return 'removed';
	return Math.abs(after - before) > least ? 'changed' : 'same';
}

/** The same for a dependency's weight, in which a place more or less among many is no change. */
export const weightChange = (before, after) => change(before, after, Math.max(0.5, (before ?? 0) * 0.02));

const fileChange = (file) =>
	file.old_lines === null
		? 'added'
		: file.new_lines === null
			? 'removed'
			: file.old_domain !== file.new_domain
				? 'moved'
				: 'changed';

/** null: there is no older release. */
export async function driftOf(model) {
	if (!model.meta.base) return null;
	const [domains, edges, events, files, functions] = await Promise.all(
		['drift_domains', 'drift_edges', 'events', 'drift_files', 'drift_functions'].map((name) => model.rows(name)),
	);
	for (const domain of domains) domain.change = change(domain.old_lines, domain.new_lines);
	for (const edge of edges) edge.change = weightChange(edge.old_weight, edge.new_weight);
	for (const file of files) file.change = fileChange(file);
	for (const f of functions) f.change = f.old_lines === null ? 'added' : f.new_lines === null ? 'removed' : 'changed';
	return { domains, edges, events, files, functions };
}
