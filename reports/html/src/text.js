// SPDX-License-Identifier: GPL-3.0-or-later
// Text for people and for other programs. Names come from the code that was analysed and are not to be trusted.

// Controls, what turns the direction of text, what has no width, what ends lines unseen.
const UNSEEN =
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** As it may be shown: characters that would not be seen, or turn others around, are spelled out. */
export function shown(text) {
	return String(text).replace(UNSEEN, (c) => '\\u{' + c.codePointAt(0).toString(16) + '}');
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

export const number = (value) => (value === null || value === undefined ? '–' : whole.format(value));
export const compact = (value) =>
	value === null || value === undefined ? '–' : Math.abs(value) < 10000 ? whole.format(value) : short.format(value);
export const decimal = (value, digits = 2) => (value === null || value === undefined ? '–' : value.toFixed(digits));
export const percent = (share, digits = 0) =>
	share === null || share === undefined ? '–' : (share * 100).toFixed(digits) + '\u00a0%';

export function effort(minutes) {
	if (minutes === null || minutes === undefined) return '–';
	if (minutes < 60) return minutes + ' min';
	const hours = minutes / 60;
	return hours < 16 ? tidy(hours, hours < 10) + ' h' : tidy(hours / 8, hours < 80) + ' d';
}

const tidy = (value, isFine) => value.toFixed(isFine ? 1 : 0).replace(/\.0$/, '');

export function plural(count, one, many = one + 's', format = number) {
	return `${format(count)} ${count === 1 ? one : many}`;
}

export const lineCount = (count) => plural(count, 'line', 'lines', compact);

/** The last part of a path. */
export const basename = (path) => path.slice(path.lastIndexOf('/') + 1);

export function cut(text, length) {
	const letters = [...shown(text)];
	return letters.length <= length ? letters.join('') : letters.slice(0, length - 1).join('') + '…';
}

// ---- Jira's wiki text: https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa ----

/** Text that Jira takes for no markup. */
export function jiraEscape(text) {
	return shown(text).replace(/[\\{}[\]*_?^~+|!#<>-]/g, '\\$&');
}

/** {noformat} cannot be closed by what stands in it. */
export function jiraVerbatim(text) {
	return '{noformat}\n' + shown(text).replaceAll('{noformat}', '{ noformat}') + '\n{noformat}';
}

export function jiraFinding(finding, lines) {
	const where = finding.file ? `${finding.file}:${finding.line}` : (finding.domain ?? '');
	const parts = [
		`h3. ${jiraEscape(finding.message)}`,
		`*Rule:* ${jiraEscape(finding.rule)} · *Severity:* ${jiraEscape(finding.severity)} · *Goal:* ${jiraEscape(finding.goal)}`,
	];
	if (where) parts.push(`*Where:* ${jiraEscape(where)}`);
	if (lines?.length)
		parts.push(
			jiraVerbatim(
				lines
					.map((line) => `${line.line === finding.line ? '>' : ' '} ${String(line.line).padStart(5)}  ${line.text}`)
					.join('\n'),
			),
		);
	parts.push(`Fingerprint ${finding.fingerprint}`);
	return parts.join('\n\n');
}

export function jiraTask(task, findings) {
	const parts = [
		`h2. ${jiraEscape(task.title)}`,
		`*Goal:* ${jiraEscape(task.goal)} · *Priority:* ${decimal(task.priority, 1)} · *Effort:* ${effort(task.effort)}`,
	];
	if (task.why) parts.push('h3. Why', jiraEscape(task.why));
	if (task.steps)
		parts.push(
			'h3. What to do',
			task.steps
				.split('\n')
				.map((step) => jiraEscape(step).replace(/^\d+\. */, '# '))
				.join('\n'),
		);
	if (findings.length) {
		const some = findings
			.slice(0, 50)
			.map((f) => `* ${jiraEscape(f.file ? `${f.file}:${f.line}` : (f.domain ?? ''))} ${jiraEscape(f.message)}`);
		if (findings.length > 50) some.push(`* and ${findings.length - 50} more`);
		parts.push('h3. Evidence', some.join('\n'));
	}
	parts.push(`Task ${task.task}`);
	return parts.join('\n\n');
}

// ---- Mermaid ----

const mermaidText = (text) => shown(text).replace(/[#;:<>"{}%\n]/g, (c) => `#${c.codePointAt(0)};`);

/** Steps as in sequence.js as a sequenceDiagram. */
export function mermaidSequence(title, sequence) {
	const lines = ['---', `title: ${JSON.stringify(shown(title))}`, '---', 'sequenceDiagram'];
	sequence.participants.forEach((name, i) => lines.push(`  participant p${i} as ${mermaidText(name)}`));
	let depth = 1;
	for (const step of sequence.steps) {
		if (step.kind === 'end') depth--;
		const indent = '  '.repeat(depth);
		if (step.kind === 'message') lines.push(`${indent}p${step.from}->>p${step.to}: ${mermaidText(step.text)}`);
		else if (step.kind === 'loop') lines.push(`${indent}loop ${mermaidText(step.text)}`);
		else if (step.kind === 'end') lines.push(`${indent}end`);
		else if (step.kind === 'note') lines.push(`${indent}Note over p${step.from}: ${mermaidText(step.text)}`);
		if (step.kind === 'loop') depth++;
	}
	return lines.join('\n') + '\n';
}
