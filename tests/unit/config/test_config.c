/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key of sightline.yaml, every refusal with its exact position and words, the defaults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/complaint.h"
#include "config/config.h"

static struct config *parse(const char *text)
{
	struct config *config = NULL;
	struct err err = {0};
	if (config_parse(text, strlen(text), "s.yaml", &config, &err))
		fail_msg("refused: %s\n%s", err.text, text);
	return config;
}

struct refusal {
	const char *text, *message;
};

static void check_refusal(const char *text, size_t length, const char *message)
{
	struct config *config = NULL;
	struct err err = {0};
	int result = config_parse(text, length, "s.yaml", &config, &err);
	if (!result)
		fail_msg("accepted, instead of: %s\n%s", message, text);
	assert_string_equal(err.text, message);
	assert_int_equal(result, ERR_INPUT);
	assert_int_equal(err.code, ERR_INPUT);
	assert_null(config);
	assert_int_equal(config_parse(text, length, "s.yaml", &config, NULL), ERR_INPUT);
}

static void check_refusals(const struct refusal *refusals, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_refusal(refusals[i].text, strlen(refusals[i].text), refusals[i].message);
}

#define CHECK_REFUSALS(refusals) check_refusals(refusals, sizeof refusals / sizeof refusals[0])

static void check_strings(const struct config_strings *strings, const char *expected)
{
	char joined[1024] = "";
	for (size_t i = 0; i < strings->count; i++)
		snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", i ? " " : "", strings->items[i]);
	assert_string_equal(joined, expected);
}

static void check_defaults(const struct config *config)
{
	static const char *const goals[] = {"scalability", "resiliency", "velocity", "cloud-readiness", "security"};
	assert_int_equal(config->domain_count + config->layers.count + config->dependency_count, 0);
	assert_int_equal(config->generated.count + config->vendored.count + config->exclude.count, 0);
	assert_false(config->allow_only);
	assert_null(config->baseline);
	assert_int_equal(config->goal_count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(config->goals[i].name, goals[i]);
		assert_true(config->goals[i].weight == 1);
	}
}

static void test_every_key(void **state)
{
	(void)state;
	struct config *config = parse("domains:\n"
				      "  shell: [src/shell/**, \"*.cmd\"]\n"
				      "  engine: src/engine/**\n"
				      "  base:\n"
				      "    - src/base/**\n"
				      "    - 'include/[a-z]*.h'\n"
				      "layers: [shell, engine, base]\n"
				      "allow:\n"
				      "  - shell -> engine\n"
				      "  - \"*->base\"\n"
				      "forbid: [\" base  ->  * \"]\n"
				      "generated: [\"*.tab.c\", build/**]\n"
				      "vendored: [third_party/**]\n"
				      "exclude:\n"
				      "  - tests/**\n"
				      "goals: {security: 3, scalability: +2., resiliency: .5, cloud-readiness: -0}\n"
				      "baseline: .sightline/accepted.json\n");
	assert_string_equal(config->path, "s.yaml");
	assert_int_equal(config->domain_count, 3);
	assert_string_equal(config->domains[0].name, "shell");
	check_strings(&config->domains[0].globs, "src/shell/** *.cmd");
	assert_string_equal(config->domains[1].name, "engine");
	check_strings(&config->domains[1].globs, "src/engine/**");
	assert_string_equal(config->domains[2].name, "base");
	check_strings(&config->domains[2].globs, "src/base/** include/[a-z]*.h");
	check_strings(&config->layers, "shell engine base");
	assert_true(config->allow_only);
	static const struct config_dependency dependencies[] = {
		{"shell", "engine", true, 9}, {"*", "base", true, 10}, {"base", "*", false, 11}};
	assert_int_equal(config->dependency_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(config->dependencies[i].from, dependencies[i].from);
		assert_string_equal(config->dependencies[i].to, dependencies[i].to);
		assert_int_equal(config->dependencies[i].allowed, dependencies[i].allowed);
		assert_int_equal(config->dependencies[i].line, dependencies[i].line);
	}
	check_strings(&config->generated, "*.tab.c build/**");
	check_strings(&config->vendored, "third_party/**");
	check_strings(&config->exclude, "tests/**");
	static const double weights[] = {2, 0.5, 1, 0, 3};
	for (size_t i = 0; i < 5; i++)
		assert_true(config->goals[i].weight == weights[i]);
	assert_string_equal(config->baseline, ".sightline/accepted.json");
	config_destroy(config);
}

static void test_refinement(void **state)
{
	(void)state;
	struct config *config = parse("pin:\n"
				      "  net: [src/socket.c, \"src/tls*\"]\n"
				      "join:\n"
				      "  - [src/a.c, src/b.c]\n"
				      "apart:\n"
				      "  - [\"src/x*\", \"src/y*\"]\n"
				      "rename: {lvm: interpreter}\n"
				      "infrastructure: [\"src/util/**\"]\n");
	assert_int_equal(config->pin_count, 1);
	assert_string_equal(config->pins[0].name, "net");
	check_strings(&config->pins[0].globs, "src/socket.c src/tls*");
	assert_int_equal(config->pins[0].line, 2);
	assert_int_equal(config->join_count, 1);
	check_strings(&config->joins[0].globs, "src/a.c src/b.c");
	assert_int_equal(config->apart_count, 1);
	check_strings(&config->apart[0].a, "src/x*");
	check_strings(&config->apart[0].b, "src/y*");
	assert_int_equal(config->apart[0].line, 6);
	assert_int_equal(config->rename_count, 1);
	assert_string_equal(config->renames[0].globs.items[0], "lvm");
	assert_string_equal(config->renames[0].name, "interpreter");
	check_strings(&config->infrastructure, "src/util/**");
	config_destroy(config);
	static const struct refusal refusals[] = {
		{"pin:\n  a: [x.c]\n  b: [y.c, x.c]\n",
		 "s.yaml:3:3: \"x.c\" is pinned to \"b\" here and to \"a\" on line 2, keep one"},
		{"domains:\n  a: [x.c]\npin:\n  b: [x.c]\n",
		 "s.yaml:4:3: \"x.c\" is pinned to \"b\" here and declared for \"a\" on line 2, keep one"},
		{"join:\n  - [x.c, y.c]\napart:\n  - [y.c, x.c]\n",
		 "s.yaml:4:5: \"y.c\" and \"x.c\" are kept apart here and joined on line 2, keep one"},
		{"pin:\n  a: [x.c, y.c]\napart:\n  - [y.c, x.c]\n",
		 "s.yaml:4:5: \"y.c\" and \"x.c\" are kept apart here and pinned together on line 2, keep one"},
		{"rename: {a: c, b: c}\n", "s.yaml:1:19: \"c\" is the new name on line 1 too, choose another or join the two"},
		{"domains: {c: x.c}\nrename: {a: c}\n", "s.yaml:2:13: \"c\" is declared on line 1, choose another name"},
		{"join: [[x.c]]\n", "s.yaml:1:8: joining takes two globs at least, add one"},
		{"apart: [[x.c, y.c, z.c]]\n", "s.yaml:1:9: keeping apart takes two globs, got 3"},
		{"apart: [[x.c, x.c]]\n", "s.yaml:1:9: a glob cannot be kept apart from itself, write two"},
		{"pin: [x.c]\n", "s.yaml:1:6: expected a mapping of domain names to lists of globs, got a list"},
		{"rename: {a: [b]}\n", "s.yaml:1:13: expected a domain name, got a list"},
	};
	CHECK_REFUSALS(refusals);
}

static void test_exports(void **state)
{
	(void)state;
	struct config *config = parse("export: {codebase: core, epics: domain, labels: [debt, \"c++\"]}\n"
				      "jira:\n"
				      "  url: https://x.example/jira\n  project: ABC\n  flavor: dc\n  user: me@x.example\n"
				      "  estimate: points\n  points_field: customfield_1\n  priorities: {critical: P1, info: P4}\n"
				      "azure: {process: scrum, project: My Project}\n");
	assert_string_equal(config->export.codebase, "core");
	assert_string_equal(config->export.epics, "domain");
	check_strings(&config->export.labels, "debt c++");
	assert_string_equal(config->jira.url, "https://x.example/jira");
	assert_string_equal(config->jira.flavor, "dc");
	assert_string_equal(config->jira.points_field, "customfield_1");
	assert_string_equal(config->jira.priorities[3], "P1");
	assert_null(config->jira.priorities[2]);
	assert_false(config->jira.no_priorities);
	assert_string_equal(config->azure.project, "My Project");
	config_destroy(config);
	config = parse("jira: {priorities: off}\n");
	assert_true(config->jira.no_priorities);
	config_destroy(config);
	static const struct refusal refusals[] = {
		{"jira:\n  token: abc\n", "s.yaml:2:3: jira: \"token\" does not belong into a file that others read or write; give it by "
						 "environment or --token-file, see 'sightline export --help'"},
		{"jira: {projct: A}\n", "s.yaml:1:8: unknown key \"projct\" of jira, did you mean \"project\"?"},
		{"export: {zebra: A}\n", "s.yaml:1:10: unknown key \"zebra\" of export, the keys are codebase, epics and labels"},
		{"jira: {flavor: server}\n", "s.yaml:1:16: \"server\" is none of cloud|dc"},
		{"jira: {flavor: d}\n", "s.yaml:1:16: \"d\" is none of cloud|dc"},
		{"azure: {process: [agile]}\n", "s.yaml:1:18: expected a text, got a list"},
		{"export: {labels: debt}\n", "s.yaml:1:18: expected a list of labels, got a text"},
		{"export: {labels: [a b]}\n", "s.yaml:1:19: label \"a b\": it must hold no space, comma or semicolon"},
		{"jira: {priorities: {worst: P1}}\n",
		 "s.yaml:1:21: unknown severity \"worst\", there are info, minor, major and critical"},
		{"jira: {priorities: 1}\n",
		 "s.yaml:1:20: expected off, or a mapping of severities to names of priorities, got a number"},
	};
	CHECK_REFUSALS(refusals);
}

static void test_order_is_free(void **state)
{
	(void)state;
	struct config *config = parse("forbid: [b -> a]\nlayers: [b, a]\ndomains: {a: \"*.a\", b: \"*.b\"}\n");
	check_strings(&config->layers, "b a");
	assert_int_equal(config->dependency_count, 1);
	assert_false(config->allow_only);
	config_destroy(config);
}

static void test_defaults(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "\n", "# nothing\n", "---\n", "---\n...\n", "null\n", "{}", "\xef\xbb\xbf",
					    ("domains:\nlayers: ~\nallow:\nforbid: null\ngenerated:\nvendored:\n"
					     "exclude: # later\ngoals: Null\nbaseline: NULL\n"),
					    "domains: {}\nlayers: []\nforbid: []\ngenerated: []\ngoals: {}\n"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct config *config = parse(texts[i]);
		check_defaults(config);
		config_destroy(config);
	}
	struct config *config = parse("allow: []");
	assert_true(config->allow_only);
	config_destroy(config);
	config_destroy(NULL);
}

static void test_yaml_forms(void **state)
{
	(void)state;
	/* A byte order mark, CRLF, escapes, names outside ASCII, quoted words that would be no text without quotes. */
	struct config *config = parse("\xef\xbb\xbf\"domains\":\r\n  '\xc3\xa4 b': \"\\x73rc/\\u00e4/**\"\r\n"
				      "allow: [\"\xc3\xa4 b->*\"]\r\nbaseline: 'true'\r\nexclude: [\"1\"]\r\n");
	assert_string_equal(config->domains[0].name, "\xc3\xa4 b");
	check_strings(&config->domains[0].globs, "src/\xc3\xa4/**");
	assert_int_equal(config->dependencies[0].line, 3);
	assert_string_equal(config->baseline, "true");
	config_destroy(config);
	/* An alias repeats its anchor, the latest of that name. */
	config = parse("domains: {a: &g [x/**], b: *g, c: [&h '*.c', *h]}\nexclude: &g [y]\ngenerated: *g\n");
	check_strings(&config->domains[1].globs, "x/**");
	check_strings(&config->domains[2].globs, "*.c *.c");
	check_strings(&config->generated, "y");
	config_destroy(config);
	/* Doubled quotation marks, which libfyaml itself gets wrong. */
	config = parse("exclude: ['''''''''''''2Esel2Esel', 'it''s', '''', '''''base0''''''basel', '\xc3\xa4''\xc3\xb6']");
	check_strings(&config->exclude, "''''''2Esel2Esel it's ' ''base0'''basel \xc3\xa4'\xc3\xb6");
	config_destroy(config);
	config = parse("baseline: |-\n  a b\nexclude:\n- >-\n  x/y\n-\tz\n");
	assert_string_equal(config->baseline, "a b");
	check_strings(&config->exclude, "x/y z");
	config_destroy(config);
}

static void test_keys(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{"# c\ndomians: {}\n", "s.yaml:2:1: unknown key \"domians\", did you mean \"domains\"?"},
		{"exclude: []\n\"vendor\": []\n", "s.yaml:2:1: unknown key \"vendor\", did you mean \"vendored\"?"},
		{"zebra: 1\n", "s.yaml:1:1: unknown key \"zebra\", the keys are domains, layers, allow, forbid, generated, "
			       "vendored, exclude, goals, baseline, rules, pin, join, apart, rename, infrastructure, reference, export, jira, azure, api, gate and alerts"},
		{"layers: []\nexclude: []\nlayers: []\n",
		 "s.yaml:3:1: duplicate key \"layers\", put both into the one on line 1"},
		{"domains:\n  a: x\n  b: y\n  a: z\n", "s.yaml:4:3: duplicate key \"a\", put both into the one on line 2"},
		{"goals: {security: 1,\n  security: 1}\n",
		 "s.yaml:2:3: duplicate key \"security\", put both into the one on line 1"},
		{"? [a]\n: x\n", "s.yaml:1:3: expected a name before the colon, got a list"},
		{"- domains\n", "s.yaml:1:1: expected a mapping of keys, got a list"},
		{"domains\n", "s.yaml:1:1: expected a mapping of keys, got a text"},
		{"\"a\\x1b\xc3\xa4\": 1\n", "s.yaml:1:1: control byte 0x1b inside a value, remove it"},
	};
	CHECK_REFUSALS(refusals);
	/* A long name is cut between characters. */
	static const char pair[] = "\xc3\xa4";
	char text[512] = "", message[1024];
	for (size_t i = 0; i < 100; i++)
		strcat(text, pair);
	snprintf(message, sizeof message, "s.yaml:1:1: unknown key \"%.58s...\", the keys are domains, layers, allow, "
		 "forbid, generated, vendored, exclude, goals, baseline, rules, pin, join, apart, rename, infrastructure, reference, export, jira, azure, api, gate and alerts", text);
	strcat(text, ": 1");
	check_refusal(text, strlen(text), message);
}

static void test_alerts(void **state)
{
	(void)state;
	struct config *config = parse("alerts:\n- kinds: [cycle_added, debt_up]\n  severity: major\n  command: notify --all\n  seconds: 5\n"
				      "- {webhook_env: URL, secret_env: _KEY2, format: slack}\n- {webhook: 'https://example.org/x'}\n");
	assert_int_equal(config->alert_count, 3);
	assert_string_equal(config->alerts[0].kinds[1].text, "debt_up");
	assert_int_equal(config->alerts[0].kinds[1].line, 2);
	assert_int_equal(config->alerts[0].kinds[1].column, 24);
	assert_string_equal(config->alerts[0].severity, "major");
	assert_string_equal(config->alerts[0].command, "notify --all");
	assert_int_equal(config->alerts[0].seconds, 5);
	assert_string_equal(config->alerts[1].webhook_variable, "URL");
	assert_string_equal(config->alerts[1].secret_variable, "_KEY2");
	assert_true(config->alerts[1].is_slack && !config->alerts[2].is_slack);
	assert_string_equal(config->alerts[2].webhook, "https://example.org/x");
	config_destroy(config);
	static const struct refusal refusals[] = {
		{"alerts: x\n", "s.yaml:1:9: expected a list of alerts, got a text"},
		{"alerts: [x]\n", "s.yaml:1:10: expected an alert: a mapping with a command or a webhook, got a text"},
		{"alerts:\n- severity: minor\n", "s.yaml:2:3: an alert needs one target: command, webhook or webhook_env"},
		{"alerts:\n- {command: a, webhook: b}\n", "s.yaml:2:3: an alert needs one target: command, webhook or webhook_env"},
		{"alerts:\n- {command: a, format: slack}\n", "s.yaml:2:3: secret_env and format are for webhooks, this alert runs a command"},
		{"alerts:\n- {comand: a}\n", "s.yaml:2:4: unknown key \"comand\" of an alert, did you mean \"command\"?"},
		{"alerts:\n- {command: a, seconds: -1}\n", "s.yaml:2:25: expected a number of seconds from 1 to 3600, got \"-1\""},
		{"alerts:\n- {command: a, severity: high}\n", "s.yaml:2:26: \"high\" is none of info, minor, major and critical"},
		{"alerts:\n- {webhook: a, secret_env: $KEY}\n", "s.yaml:2:28: \"$KEY\" is no name of an environment variable"},
		{"alerts:\n- {command: a, kinds: cycle_added}\n", "s.yaml:2:23: expected a list of kinds of events, got a text"},
	};
	CHECK_REFUSALS(refusals);
}

static void test_types(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{"domains: [a]", "s.yaml:1:10: expected a mapping of domain names to lists of globs, got a list"},
		{"domains: a", "s.yaml:1:10: expected a mapping of domain names to lists of globs, got a text"},
		{"domains:\n  a: {b: c}\n", "s.yaml:2:6: expected a list of globs, got a mapping"},
		{"domains:\n  a:\n  b: x\n", "s.yaml:2:3: expected a glob, got nothing"},
		{"domains:\n  a: [x,\n    [y]]\n", "s.yaml:3:5: expected a glob, got a list"},
		{"domains:\n  a: []\n", "s.yaml:2:6: domain \"a\" has no glob, give it at least one"},
		{"layers: a", "s.yaml:1:9: expected a list of domain names, the top layer first, got a text"},
		{"domains: {a: x}\nlayers:\n  - a\n  -\n", "s.yaml:4:3: expected a domain name, got nothing"},
		{"layers:\n  - {a: b}\n", "s.yaml:2:5: expected a domain name, got a mapping"},
		{"allow: a -> b", "s.yaml:1:8: expected a list of \"a -> b\", got a text"},
		{"forbid: {a: b}", "s.yaml:1:9: expected a list of \"a -> b\", got a mapping"},
		{"forbid: [a: b]", "s.yaml:1:11: expected a text \"a -> b\", got a mapping"},
		{"generated: x.c", "s.yaml:1:12: expected a list of globs, got a text"},
		{"vendored: {a: b}", "s.yaml:1:11: expected a list of globs, got a mapping"},
		{"exclude: yes", "s.yaml:1:10: expected a list of globs, got a text"},
		{"exclude: true", "s.yaml:1:10: expected a list of globs, got a truth value"},
		{"exclude: [a, 1.5e3]",
		 "s.yaml:1:14: expected a glob, got a number, quote it if it is meant: \"1.5e3\""},
		{"exclude:\n - false", "s.yaml:2:4: expected a glob, got a truth value, quote it if it is meant: \"false\""},
		{"exclude:\n -\n # c\n -\n", "s.yaml:2:2: expected a glob, got nothing"},
		{"exclude:\n - x\n # c\n -\n", "s.yaml:4:2: expected a glob, got nothing"},
		{"exclude:\n - x\n - ''\n", "s.yaml:3:4: expected a glob, got an empty text"},
		{"goals: [security]", "s.yaml:1:8: expected a mapping of goals to weights, got a list"},
		{"goals: 1", "s.yaml:1:8: expected a mapping of goals to weights, got a number"},
		{"baseline: [a]", "s.yaml:1:11: expected the path of a baseline file, got a list"},
		{"baseline: ''", "s.yaml:1:11: expected the path of a baseline file, got an empty text"},
		{"baseline: 7", "s.yaml:1:11: expected the path of a baseline file, got a number, quote it if it is meant: "
				"\"7\""},
	};
	CHECK_REFUSALS(refusals);
}

static void test_globs(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{"exclude: [\"/a\"]", "s.yaml:1:11: bad glob \"/a\": it is absolute, write it relative to the codebase"},
		{"exclude: [x, a/]", "s.yaml:1:14: bad glob \"a/\": it ends with \"/\", add \"**\" for everything below the "
				     "folder"},
		{"domains: {a: ./x}", "s.yaml:1:14: bad glob \"./x\": it has an empty, \".\" or \"..\" folder, which no path "
				      "has; leave it out"},
		{"vendored: [a/../b]", "s.yaml:1:12: bad glob \"a/../b\": it has an empty, \".\" or \"..\" folder, which no "
				       "path has; leave it out"},
		{"vendored: [a//b]", "s.yaml:1:12: bad glob \"a//b\": it has an empty, \".\" or \"..\" folder, which no path "
				     "has; leave it out"},
		{"generated: ['a[b']", "s.yaml:1:13: bad glob \"a[b\": it has a \"[\" without \"]\", close it or write "
				       "\"?\""},
		{"generated: ['[]']", "s.yaml:1:13: bad glob \"[]\": it has a \"[\" without \"]\", close it or write \"?\""},
		{"generated: ['a[']", "s.yaml:1:13: bad glob \"a[\": it has a \"[\" without \"]\", close it or write \"?\""},
		{"generated: ['[!']", "s.yaml:1:13: bad glob \"[!\": it has a \"[\" without \"]\", close it or write \"?\""},
		{"generated: ['[z-a]']", "s.yaml:1:13: bad glob \"[z-a]\": it has a range that ends before it starts, swap "
					 "its ends"},
		{"generated: ['[a/b]']", "s.yaml:1:13: bad glob \"[a/b]\": it has a \"/\" inside \"[...]\", which never "
					 "matches; write both globs"},
		{"exclude: ['*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*']", "s.yaml:1:11: bad glob "
		 "\"*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*\": it has more than 16 wildcards, split it in several"},
	};
	CHECK_REFUSALS(refusals);
	struct config *config = parse("exclude: ['**', '[]a]', '[!]a]x', '[a-]', '[^a-z]*.c', '.x', '..x/y', 'a b', '**/x']");
	assert_int_equal(config->exclude.count, 9);
	config_destroy(config);
	char text[5000] = "exclude: [";
	memset(text + strlen(text), 'x', 4097);
	strcat(text, "]");
	char message[256];
	snprintf(message, sizeof message, "s.yaml:1:11: bad glob \"%.59s...\": it is longer than 4096 bytes, no path is",
		 text + 10);
	check_refusal(text, strlen(text), message);
}

static void test_domain_names(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{"domains: {'': x}", "s.yaml:1:11: bad domain name: an empty name, give it one"},
		{"domains: {'*': x}", "s.yaml:1:11: bad domain name: \"*\" stands for any domain, choose another name"},
		{"domains: {a -> b: x}",
		 "s.yaml:1:11: bad domain name: a name must not contain \"->\", choose another one"},
		{"domains: {' a': x}", "s.yaml:1:11: bad domain name: a name must not start or end with a space, remove it"},
		{"domains: {engine: x}\nlayers: [engine,\n  enigne]\n",
		 "s.yaml:3:3: unknown domain \"enigne\", did you mean \"engine\"?"},
		{"layers: [x]\n", "s.yaml:1:10: unknown domain \"x\", declare it under \"domains\""},
		{"layers: ['*']\n", "s.yaml:1:10: unknown domain \"*\", declare it under \"domains\""},
		{"domains: {a: x, b: y}\nlayers:\n - a\n - b\n - a\n",
		 "s.yaml:5:4: domain \"a\" is already a layer on line 3, keep one of both"},
		{"domains: {base: x}\nallow:\n - base -> bas\n",
		 "s.yaml:3:4: unknown domain \"bas\", did you mean \"base\"?"},
		{"domains: {base: x}\nforbid:\n - \"* -> *\"\n - shell -> base\n",
		 "s.yaml:4:4: unknown domain \"shell\", declare it under \"domains\""},
		{"forbid: ['a - b']", "s.yaml:1:10: \"a - b\" is not one dependency, write it as \"a -> b\""},
		{"forbid: ['* -> * -> *']", "s.yaml:1:10: \"* -> * -> *\" is not one dependency, write it as \"a -> b\""},
		{"forbid: ['-> *']", "s.yaml:1:10: \"-> *\" lacks a domain beside the arrow, write \"a -> b\" or \"*\" for "
				     "any"},
		{"allow: ['* ->']", "s.yaml:1:9: \"* ->\" lacks a domain beside the arrow, write \"a -> b\" or \"*\" for "
				    "any"},
	};
	CHECK_REFUSALS(refusals);
}

static void test_weights(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{"goals: {securty: 1}", "s.yaml:1:9: unknown goal \"securty\", did you mean \"security\"?"},
		{"goals: {fun: 1}", "s.yaml:1:9: unknown goal \"fun\", the goals are scalability, resiliency, velocity, "
				    "cloud-readiness and security"},
		{"goals: {security: -1}", "s.yaml:1:19: weight -1 is negative, write a number from 0 up"},
		{"goals: {security: 1e999}", "s.yaml:1:19: weight 1e999 is too large, write a number from 0 up"},
		{"goals: {security: high}",
		 "s.yaml:1:19: expected a weight, which is a number from 0 up, got \"high\""},
		{"goals: {security: \"1\"}", "s.yaml:1:19: expected a weight, which is a number from 0 up, got \"1\""},
		{"goals: {security: .inf}", "s.yaml:1:19: expected a weight, which is a number from 0 up, got \".inf\""},
		{"goals: {security: nan}", "s.yaml:1:19: expected a weight, which is a number from 0 up, got \"nan\""},
		{"goals: {security: 0x1}", "s.yaml:1:19: expected a weight, which is a number from 0 up, got \"0x1\""},
		{"goals: {security: 1e}", "s.yaml:1:19: expected a weight, which is a number from 0 up, got \"1e\""},
		{"goals: {security: .}", "s.yaml:1:19: expected a weight, which is a number from 0 up, got \".\""},
		{"goals:\n  security:\n",
		 "s.yaml:2:3: expected a weight, which is a number from 0 up, got nothing"},
		{"goals: {security: [1]}",
		 "s.yaml:1:19: expected a weight, which is a number from 0 up, got a list"},
	};
	CHECK_REFUSALS(refusals);
}

static void test_yaml_refused(void **state)
{
	(void)state;
	static const struct refusal refusals[] = {
		{"exclude: [a\nlayers: b\n", "s.yaml:3:1: bad YAML (flow sequence without a closing bracket), correct the syntax"},
		{"baseline: \"a\n", "s.yaml:1:12: bad YAML (double-quoted scalar without closing quote), correct the syntax"},
		{"baseline: \"\\", "s.yaml:1:12: bad YAML (double-quoted scalar without closing quote), correct the syntax"},
		{"domains: a: b\n",
		 "s.yaml:1:11: bad YAML (invalid nested block mapping on the same line), correct the syntax"},
		{"exclude:\n\t- a\n",
		 "s.yaml:2:1: bad YAML (tab character may not be used as indentation), correct the syntax"},
		{"exclude:\n  - *.c\n",
		 "s.yaml:2:5: no anchor \".c\" to repeat, quote a value that starts with a star: \"*.c\""},
		{"forbid:\n  - * -> b\n",
		 "s.yaml:2:6: bad YAML (invalid alias detected), quote a value that starts with \"*\""},
		{"baseline: @x\n",
		 "s.yaml:1:11: bad YAML (plain scalar cannot start with '@'), quote a value that starts with \"@\""},
		{"baseline: !x y\n", "s.yaml:1:11: a tag has no meaning here, quote a value that starts with \"!\""},
		{"exclude:\n - !!str y\n", "s.yaml:2:4: a tag has no meaning here, quote a value that starts with \"!\""},
		{"domains: &d {a: [*d]}\n", "s.yaml:1:18: alias \"d\" inside its own anchor, write the value out"},
		{"baseline: a\n---\nbaseline: b\n", "s.yaml:2:1: a second document, keep everything in one"},
		{"%YAML 1.2\n---\n", "s.yaml:1:1: a YAML directive, remove the line or indent it"},
		{"\xef\xbb\xbf%a", "s.yaml:1:1: a YAML directive, remove the line or indent it"},
		{"a: 1\nb: \xef\xbb\xbf\n", "s.yaml:2:4: a byte order mark inside the file, remove it"},
		{"a: 1\r%a", "s.yaml:2:1: a YAML directive, remove the line or indent it"},
		{"baseline: |\n  a\n  b\n", "s.yaml:1:11: a line break inside a value, write it on one line"},
		{"exclude:\n - 'a\n   b'\n", "s.yaml:2:4: a line break inside a value, write it on one line"},
		{"exclude: [x, \"a\\nb\"]\n", "s.yaml:1:14: a line break inside a value, write it on one line"},
		{"baseline: \"a\\0b\"\n", "s.yaml:1:11: control byte 0x00 inside a value, remove it"},
		{"baseline: \"\\ud800\"\n",
		 "s.yaml:1:12: bad YAML (double-quoted scalar has invalid UTF8 escape), correct the syntax"},
		{"baseline: \xc3\xa4\xff\n", "s.yaml:1:12: byte 0xff is not UTF-8, save the file as UTF-8"},
		{"a: 1\r\nb: \xc3", "s.yaml:2:4: byte 0xc3 is not UTF-8, save the file as UTF-8"},
		{"a: 1\rb: \x7f", "s.yaml:2:4: control byte 0x7f, remove it or save the file as UTF-8 text"},
		{"exclude:\t- a\n", "s.yaml:1:8: a tab after \":\" and before a nested value, write a space"},
		{"exclude: [[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]\n",
		 "s.yaml:1:25: more than 16 levels of nesting, a configuration needs 3"},
	};
	CHECK_REFUSALS(refusals);
	check_refusal("a: 1\nb\0: 2", 10, "s.yaml:2:2: control byte 0x00, remove it or save the file as UTF-8 text");
	check_refusal("\xff\xfe" "a\0", 4, "s.yaml:1:1: byte 0xff is not UTF-8, save the file as UTF-8");
}

static void test_ceilings(void **state)
{
	(void)state;
	/* A few bytes that would be 10^10 values. */
	struct buf text;
	buf_init(&text, BUF_NO_CEILING);
	buf_append_string(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 10; i++) {
		buf_printf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buf_printf(&text, "*a%d,", i - 1);
		buf_append_string(&text, "]\n");
	}
	check_refusal(text.data, text.length,
		      "s.yaml:5:26: more than 65536 values, shorten the lists or the aliases");
	buf_clear(&text);
	buf_append_string(&text, "exclude:\n");
	for (int i = 0; i < 65536; i++)
		buf_append_string(&text, "- a\n");
	check_refusal(text.data, text.length,
		      "s.yaml:65537:3: more than 65536 values, shorten the lists or the aliases");
	/* Long runs that libfyaml would spend minutes on. */
	buf_clear(&text);
	buf_append_string(&text, "exclude:\n- ");
	for (int i = 0; i < 1024; i++)
		buf_append_char(&text, ' ');
	check_refusal(text.data, text.length, "s.yaml:2:1026: more than 1024 blanks in a row, remove them");
	buf_clear(&text);
	buf_append_string(&text, "exclude: [a!");
	for (int i = 0; i < 1024; i++)
		buf_append_char(&text, 'a');
	check_refusal(text.data, text.length,
		      "s.yaml:1:1036: more than 1024 bytes after a \"!\", put a blank between");
	/* The most bytes are read, and not one more. */
	struct config *config = NULL;
	struct err err = {0};
	buf_clear(&text);
	buf_append_string(&text, "exclude: [a]\n");
	while (text.length < (1 << 20))
		buf_append_char(&text, '#');
	assert_int_equal(config_parse(text.data, text.length, "s.yaml", &config, &err), 0);
	config_destroy(config);
	buf_append_char(&text, '#');
	check_refusal(text.data, text.length, "s.yaml:1:1: larger than 1048576 bytes, keep a configuration below that");
	buf_finish(&text);
}

static void write_file(const char *path, const char *text, size_t length)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static void test_load(void **state)
{
	(void)state;
	char folder[] = "/tmp/test_config.XXXXXX", path[64], message[256];
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/sightline.yaml", folder);
	struct config *config = NULL;
	struct err err = {0};
	assert_int_equal(config_load(path, false, &config, &err), 0);
	assert_null(config->path);
	check_defaults(config);
	config_destroy(config);
	config = NULL;

	assert_int_equal(config_load(path, true, &config, &err), ERR_INPUT);
	snprintf(message, sizeof message, "%s: No such file or directory, name a file that exists or leave it out for the "
		 "defaults", path);
	assert_string_equal(err.text, message);
	assert_null(config);

	assert_int_equal(config_load(folder, true, &config, &err), ERR_IO);
	snprintf(message, sizeof message, "%s: is a directory", folder);
	assert_string_equal(err.text, message);

	write_file(path, "baseline: x\n", 12);
	assert_int_equal(config_load(path, false, &config, &err), 0);
	assert_string_equal(config->path, path);
	assert_string_equal(config->baseline, "x");
	config_destroy(config);
	config = NULL;

	write_file(path, "goal: {}\n", 9);
	assert_int_equal(config_load(path, false, &config, &err), ERR_INPUT);
	snprintf(message, sizeof message, "%s:1:1: unknown key \"goal\", did you mean \"goals\"?", path);
	assert_string_equal(err.text, message);

	size_t length = (1 << 20) + 1;
	char *large = mem_zalloc(length, 1);
	write_file(path, large, length);
	free(large);
	assert_int_equal(config_load(path, false, &config, &err), ERR_INPUT);
	snprintf(message, sizeof message, "%s: larger than 1048576 bytes, keep a configuration below that", path);
	assert_string_equal(err.text, message);
	assert_null(config);
	unlink(path);
	rmdir(folder);
}

/* libfyaml tells of its errors on stderr unless it is kept from it. */
static void test_silence(void **state)
{
	(void)state;
	char path[] = "/tmp/test_config.XXXXXX";
	int file = mkstemp(path), kept = dup(STDERR_FILENO);
	assert_true(file >= 0 && kept >= 0);
	dup2(file, STDERR_FILENO);
	static const char *const texts[] = {"a: [", "a: @", "a: \"\\q\"", "&a &b c", "- *", "{a: b", "a: b: c"};
	int refused = 0;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct config *config = NULL;
		struct err err = {0};
		refused += config_parse(texts[i], strlen(texts[i]), "s.yaml", &config, &err) == ERR_INPUT;
		config_destroy(config);
	}
	fflush(stderr);
	struct stat info;
	fstat(file, &info);
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(file);
	unlink(path);
	assert_int_equal(refused, 7);
	assert_int_equal(info.st_size, 0);
}

static void test_quotes_and_guesses(void **state)
{
	(void)state;
	assert_string_equal(complaint_quote("a\n\xff", 3).text, "\"a\\x0a\\xff\"");
	assert_string_equal(complaint_quote("", 0).text, "\"\"");
	assert_int_equal(text_distance("", ""), 0);
	assert_int_equal(text_distance("", "abc"), 3);
	assert_int_equal(text_distance("abc", ""), 3);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	assert_int_equal(text_distance("flaw", "lawn"), 2);
	assert_int_equal(text_distance("abc", "abc"), 0);
	assert_int_equal(text_distance("abcdef", "abdcef"), 2);
	struct complaint_guess guess = {.wanted = "base"};
	complaint_offer(&guess, "shell");
	assert_null(guess.nearest);
	complaint_offer(&guess, "bases1");
	complaint_offer(&guess, "bass");
	complaint_offer(&guess, "case");
	assert_string_equal(guess.nearest, "bass");
	guess = (struct complaint_guess){.wanted = "a"};
	complaint_offer(&guess, "b");
	assert_null(guess.nearest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key), cmocka_unit_test(test_refinement), cmocka_unit_test(test_exports), cmocka_unit_test(test_order_is_free),
		cmocka_unit_test(test_defaults), cmocka_unit_test(test_yaml_forms),
		cmocka_unit_test(test_keys), cmocka_unit_test(test_alerts), cmocka_unit_test(test_types),
		cmocka_unit_test(test_globs), cmocka_unit_test(test_domain_names),
		cmocka_unit_test(test_weights), cmocka_unit_test(test_yaml_refused),
		cmocka_unit_test(test_ceilings), cmocka_unit_test(test_load),
		cmocka_unit_test(test_silence), cmocka_unit_test(test_quotes_and_guesses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
