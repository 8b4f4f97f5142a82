// SPDX-License-Identifier: GPL-3.0-or-later
// Findings: all of them as a table, and one with the lines it is about.
import { add, copy, h } from '../dom.js';
import { SEVERITIES } from '../model.js';
import { domainName, facts, fileName, heading, link, nameOf, severity, sourceBox } from '../parts.js';
import { dataTable } from '../table.js';
import { effort, jiraFinding, plural } from '../text.js';

const rankOf = (finding) => -SEVERITIES.indexOf(finding.severity);

export const findingLink = (finding) => link('findings', [finding.fingerprint]);

/** Also used by the pages of files, functions and domains. */
export function findingsTable(rows, { caption = 'Findings', chosen = {}, facets = true, onChange } = {}) {
	return dataTable({
		caption,
		rows,
		sort: '-severity',
		text: chosen.text,
		onChange,
		facets: facets
			? [
					{ key: 'severity', label: 'Severity', values: SEVERITIES, value: (f) => f.severity, chosen: chosen.severity },
					{ key: 'goal', label: 'Goal', value: (f) => f.goal, chosen: chosen.goal },
					{ key: 'rule', label: 'Rule', value: (f) => f.rule, chosen: chosen.rule },
					{ key: 'domain', label: 'Domain', value: (f) => f.domain, chosen: chosen.domain },
				]
			: [],
		columns: [
			{
				key: 'severity',
				label: 'Severity',
				numeric: false,
				value: rankOf,
				text: (f) => f.severity,
				render: (f) => severity(f.severity),
			},
			{ key: 'rule', label: 'Rule' },
			{ key: 'message', label: 'Finding', grow: true, render: (f) => h('a', { href: findingLink(f), class: 'name' }, f.message) },
			{
				key: 'file',
				label: 'Where',
				value: (f) => (f.file ? `${f.file}:${String(f.line).padStart(6)}` : ''),
				text: (f) => `${f.file}:${f.line}`,
				render: (f) => f.file && fileName(f.file, f.line),
			},
			{ key: 'domain', label: 'Domain', render: (f) => f.domain && domainName(f.domain) },
			{ key: 'effort', label: 'Effort', numeric: true, render: (f) => effort(f.effort) },
		],
	});
}

async function one(page, model, finding) {
	const [lines, tasks] = [await model.sourceOf(finding), model.tasks.filter((task) => task.task === finding.task)];
	const task = tasks[0];
	add(
		page,
		h(
			'nav',
			{ class: 'crumbs', 'aria-label': 'Where you are' },
			h(
				'ol',
				{},
				h('li', {}, h('a', { href: link('findings') }, 'Findings')),
				h('li', {}, h('a', { href: link('findings', [], { rule: finding.rule }) }, finding.rule)),
			),
		),
		heading(
			nameOf(finding.message),
			[severity(finding.severity), ' ', finding.goal],
			h('button', { type: 'button', onclick: () => copy(jiraFinding(finding, lines), 'Jira text') }, 'Copy as Jira text'),
		),
		facts([
			['Where', finding.file ? fileName(finding.file, finding.line) : null],
			['Domain', finding.domain ? domainName(finding.domain) : null],
			['Effort', effort(finding.effort)],
			['Subject', h('bdi', { class: 'code' }, finding.subject)],
			['Fingerprint', h('code', {}, finding.fingerprint)],
		]),
		lines.length
			? sourceBox(lines, finding.line)
			: h(
					'p',
					{ class: 'muted' },
					finding.file
						? 'The source lines are not in this report: it was made where the tree is not, or the file has changed since the scan.'
						: 'It is about no single line.',
				),
	);
	if (task)
		add(
			page,
			h(
				'section',
				{ class: 'card' },
				h('h2', {}, 'Task'),
				h('p', {}, h('a', { href: link('tasks', [task.task]), class: 'name' }, task.title)),
				task.why && h('p', {}, task.why),
				task.steps && h('pre', { class: 'steps' }, task.steps),
			),
		);
	const like = (await model.findings()).filter((other) => other.rule === finding.rule && other !== finding);
	if (like.length)
		add(
			page,
			h(
				'p',
				{},
				h(
					'a',
					{ href: link('findings', [], { rule: finding.rule }) },
					`${plural(like.length, 'more finding')} of rule ${finding.rule}`,
				),
			),
		);
}

export async function render(page, route, model) {
	const findings = await model.findings();
	const finding = route.args[0] !== undefined && findings.find((f) => f.fingerprint === route.args[0]);
	if (finding) return one(page, model, finding);
	add(
		page,
		heading('Findings', `${plural(findings.length, 'finding')}: what rules say, each with its place.`),
		findingsTable(findings, {
			chosen: { ...route.params, text: route.params.q }, // the address follows, without a new entry in the history for each letter
			onChange: (state) => history.replaceState(null, '', link('findings', [], { ...state.facets, q: state.text })),
		}),
	);
	return undefined;
}
