// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks: what a person would schedule, the most worth first.
import { add, copy, h } from '../dom.js';
import { card, domainName, facts, heading, link, nameOf } from '../parts.js';
import { dataTable } from '../table.js';
import { decimal, effort, jiraTask, number, plural } from '../text.js';
import { findingsTable } from './findings.js';

const taskLink = (task) => link('tasks', [task.task]);

async function one(page, model, task) {
	const findings = (await model.findings()).filter((finding) => finding.task === task.task);
	add(
		page,
		h(
			'nav',
			{ class: 'crumbs', 'aria-label': 'Where you are' },
			h(
				'ol',
				{},
				h('li', {}, h('a', { href: link('tasks') }, 'Tasks')),
				h('li', {}, h('a', { href: taskLink(task), 'aria-current': 'page' }, task.task)),
			),
		),
		heading(
			nameOf(task.title),
			[h('span', { class: 'chip status-' + task.status }, task.status), ' ', task.goal],
			h('button', { type: 'button', onclick: () => copy(jiraTask(task, findings), 'Jira text') }, 'Copy as Jira text'),
		),
		facts([
			['Priority', decimal(task.priority, 1)],
			['Effort', effort(task.effort)],
			['Domain', task.domain ? domainName(task.domain) : null],
			['Findings', number(task.findings)],
			['Rule', task.rule && h('a', { href: link('findings', [], { rule: task.rule }) }, task.rule)],
		]),
		h(
			'div',
			{ class: 'columns' },
			task.why ? card('Why', h('p', {}, task.why)) : '',
			task.steps ? card('What to do', h('pre', { class: 'steps' }, task.steps)) : '',
		),
		task.reason ? card('Accepted', h('p', {}, task.reason)) : '',
		h('h2', {}, 'Evidence'),
		findingsTable(findings, { caption: 'Evidence', facets: false }),
	);
}

export async function render(page, route, model) {
	const task = route.args[0] !== undefined && model.tasks.find((t) => t.task === route.args[0]);
	if (task) return one(page, model, task);
	const open = model.tasks.filter((t) => t.status === 'open' || t.status === 'reopened');
	add(
		page,
		heading(
			'Tasks',
			`${plural(open.length, 'open task')}, ${effort(open.reduce((sum, t) => sum + t.effort, 0))} of work in all. Priority is worth for its goal against effort.`,
		),
		dataTable({
			caption: 'Tasks',
			rows: model.tasks,
			sort: '-priority',
			text: route.params.q,
			onChange: (state) => history.replaceState(null, '', link('tasks', [], { ...state.facets, q: state.text })),
			facets: [
				{ key: 'status', label: 'Status', value: (t) => t.status, chosen: route.params.status },
				{ key: 'goal', label: 'Goal', value: (t) => t.goal, chosen: route.params.goal },
				{ key: 'domain', label: 'Domain', value: (t) => t.domain, chosen: route.params.domain },
			],
			columns: [
				{ key: 'priority', label: 'Priority', numeric: true, render: (t) => decimal(t.priority, 1) },
				{ key: 'title', label: 'Task', grow: true, render: (t) => h('a', { href: taskLink(t), class: 'name' }, t.title) },
				{ key: 'goal', label: 'Goal' },
				{ key: 'domain', label: 'Domain', render: (t) => t.domain && domainName(t.domain) },
				{ key: 'effort', label: 'Effort', numeric: true, render: (t) => effort(t.effort) },
				{ key: 'findings', label: 'Findings', numeric: true },
				{ key: 'status', label: 'Status', render: (t) => h('span', { class: 'chip status-' + t.status }, t.status) },
			],
		}),
	);
	return undefined;
}
