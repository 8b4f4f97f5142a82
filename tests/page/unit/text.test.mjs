// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import test from 'node:test';
import { functionLink, link, parse } from '../../../reports/html/src/route.js';
import {
	basename,
	compact,
	cut,
	decimal,
	effort,
	jiraEscape,
	jiraFinding,
	jiraTask,
	mermaidSequence,
	number,
	plural,
	shown,
} from '../../../reports/html/src/text.js';

test('what would not be seen is spelled out', () => {
	assert.equal(shown('a\u202eb'), 'a\\u{202e}b');
	assert.equal(shown('a\u0007\u200b\u2066'), 'a\\u{7}\\u{200b}\\u{2066}');
	assert.equal(shown('tab\tand\nline é 漢 👍'), 'tab\tand\nline é 漢 👍');
});

test('an address holds any name and gives it back', () => {
	for (const name of ['plain', 'a/b?c#d&e=f', '</script>', '"\'`', '\u202e', '%41', 'é漢👍', '..', ' ', '%', '+'])
		for (const other of ['x', name]) {
			const route = parse(link('file', [name, other], { q: name }));
			assert.deepEqual(route, { view: 'file', args: [name, other], params: { q: name } });
		}
	assert.match(functionLink('f<">', "a'b.c"), /^#\/function\/[\w%.-]+\/[\w%.-]+$/);
});

test('a broken address is no error', () => {
	assert.deepEqual(parse(''), { view: 'overview', args: [], params: {} });
	assert.deepEqual(parse('#/file/%E0%A4?x'), { view: 'file', args: ['%E0%A4'], params: { x: '' } });
	assert.deepEqual(parse('#/map?a=1&&b=2=3'), { view: 'map', args: [], params: { a: '1', b: '2=3' } });
});

test('empty parameters are left out', () =>
	assert.equal(link('map', [], { a: null, b: '', c: false, d: 1, e: true }), '#/map?d=1&e=1'));

test('numbers for people', () => {
	assert.equal(number(1234567), '1,234,567');
	assert.equal(compact(254800), '254.8K');
	assert.equal(decimal(null), '–');
	assert.deepEqual(
		[effort(5), effort(60), effort(90), effort(120), effort(960), effort(9600)],
		['5 min', '1 h', '1.5 h', '2 h', '2 d', '20 d'],
	);
	assert.equal(plural(1, 'dependency', 'dependencies'), '1 dependency');
	assert.equal(basename('a/b/c.h'), 'c.h');
	assert.equal(cut('👍👍👍👍', 3), '👍👍…');
});

test('Jira takes foreign text for no markup', () => {
	assert.equal(jiraEscape('a*b_{x}[y|z]'), 'a\\*b\\_\\{x\\}\\[y\\|z\\]');
	const finding = {
		message: '{code}x',
		rule: 'V001',
		severity: 'major',
		goal: 'velocity',
		file: 'a_b.c',
		line: 2,
		fingerprint: 'ff',
	};
	const text = jiraFinding(finding, [
		{ line: 1, text: 'x {noformat} *y*' },
		{ line: 2, text: 'z' },
	]);
	assert.equal(text.match(/\{noformat\}/g).length, 2);
	assert.match(text, /\\{code\\}x/);
	assert.match(text, /> {5}2 {2}z/);
	const task = jiraTask(
		{ title: 't', goal: 'g', priority: 1, effort: 60, why: 'w', steps: 'first\n1. a\n2. b', task: 'K' },
		Array.from({ length: 52 }, () => finding),
	);
	assert.match(task, /first\n# a\n# b/);
	assert.match(task, /and 2 more/);
});

test('Mermaid gets one line per step, whatever is in a name', () => {
	const text = mermaidSequence('a: "b"', {
		participants: ['x;y', 'end'],
		steps: [
			{ kind: 'loop', text: 'many\nlines' },
			{ kind: 'message', from: 0, to: 1, text: 'f(%%{init}%%) -> x' },
			{ kind: 'end' },
			{ kind: 'note', from: 1, text: 'n' },
		],
	});
	assert.equal(text.split('\n').length, 4 + 2 + 4 + 1);
	assert.ok(!/%%|\{/.test(text));
});
