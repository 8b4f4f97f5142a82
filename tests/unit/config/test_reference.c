/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reference architectures: what is read of each language, what is read over, and what is refused where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/reference.h"

static struct reference *parse(const char *name, const char *text)
{
	struct reference *reference = NULL;
	struct err err = {0};
	if (reference_parse(text, strlen(text), name, &reference, &err))
		fail_msg("%s", err.text);
	return reference;
}

/* "a>b c>d" of what relations say, by the names of elements; and how many elements there are. */
static void expect(struct reference *reference, size_t elements, const char *relations)
{
	char text[1024] = "";
	for (size_t i = 0; i < reference->relation_count; i++) {
		size_t used = strlen(text);
		snprintf(text + used, sizeof text - used, "%s%s>%s", i ? " " : "", reference->elements[reference->relations[i].from].name,
			 reference->elements[reference->relations[i].to].name);
	}
	assert_string_equal(text, relations);
	assert_int_equal(reference->element_count, elements);
}

static const struct reference_element *element_of(const struct reference *reference, const char *name)
{
	for (size_t i = 0; i < reference->element_count; i++)
		if (!strcmp(reference->elements[i].name, name))
			return &reference->elements[i];
	fail_msg("no element %s", name);
	return NULL;
}

static void refuse(const char *name, const char *text, const char *message)
{
	struct reference *reference = NULL;
	struct err err = {0};
	assert_int_equal(reference_parse(text, strlen(text), name, &reference, &err), ERR_INPUT);
	assert_null(reference);
	if (strncmp(err.text, message, strlen(message)))
		fail_msg("got: %s", err.text);
}

#define DSL(body) "workspace \"w\" {\nmodel {\n" body "\n}\nviews {\nsystemLandscape {\ninclude *\n}\n}\n}\n"

static void test_structurizr_elements_and_relations(void **state)
{
	struct reference *r = parse("a.dsl", DSL(
		"u = person \"U\"\n"
		"S = SoftwareSystem \"System\" {\n"
		"  a = container \"A\" \"long \\\"words\\\"\" \"C\" {\n    tags \"x\"\n    c = component \"a.c\"\n    -> this\n  }\n"
		"  b = container B\n"
		"  group \"G\" {\n    d = container \"D\"\n  }\n"
		"}\n"
		"u -> a \"calls\"\n  a -> b\nrel = a -> d \"named\" {\n url http://x\n}\nc --https-> b"));
	(void)state;
	expect(r, 6, "A>A U>A A>B A>D a.c>B");
	assert_true(element_of(r, "U")->is_outside);
	assert_false(element_of(r, "System")->is_outside);
	assert_true(element_of(r, "System")->is_group);
	assert_ptr_equal(&r->elements[element_of(r, "D")->parent], element_of(r, "System"));
	assert_int_equal(element_of(r, "a.c")->line, 7);
	reference_destroy(r);
}

static void test_structurizr_identifiers(void **state)
{
	struct reference *r = parse("a.dsl", "!identifiers hierarchical\n" DSL(
		"one = softwareSystem \"1\" {\n  x = container \"1x\"\n  y = container \"1y\"\n  x -> y\n}\n"
		"two = softwareSystem \"2\" {\n  x = container \"2x\"\n}\n"
		"one.x -> two.x\n!element two.x {\n -> one.y\n}"));
	(void)state;
	expect(r, 5, "1x>1y 1x>2x 2x>1y");
	reference_destroy(r);
	refuse("a.dsl", DSL("a = container \"A\"\na = container \"B\""), "a.dsl:4:1: \"a\" is an element already, on line 3");
}

static void test_structurizr_properties(void **state)
{
	struct reference *r = parse("a.dsl", "workspace {\n!const ROOT src\nmodel {\n"
		"a = container \"A\" {\nproperties {\n\"sightline.files\" \"${ROOT}/a/**, lib/*.c ,\"\n\"sightline.domain\" \"%22q%25%0a\"\nother x\n}\n}\n}\n}\n");
	(void)state;
	assert_int_equal(r->elements[0].globs.count, 2);
	assert_string_equal(r->elements[0].globs.items[0], "src/a/**");
	assert_string_equal(r->elements[0].globs.items[1], "lib/*.c");
	assert_string_equal(r->elements[0].domain, "\"q%\n");
	reference_destroy(r);
	refuse("a.dsl", DSL("a = container \"A\" {\nproperties {\n sightline.files /abs\n}\n}"), "a.dsl:5:18: bad glob \"/abs\": it is absolute");
	refuse("a.dsl", DSL("a = container \"A\" {\nproperties {\n sightline.domain a%2\n}\n}"), "a.dsl:5:19: sightline.domain: %");
}

static void test_structurizr_reads_over(void **state)
{
	struct reference *r = parse("a.dsl", "# comment\n// another { \n/* {\n { */\nworkspace {\nname \"x\"\nproperties {\na b\n}\n"
		"model {\narchetypes {\nlib = component {\ntechnology C\n}\n}\na = container \"A\" \"\"\"\n  text -> text\n  }\n  \"\"\"\n"
		"b = lib \"B\"\ndeploymentEnvironment \"E\" {\ndeploymentNode \"N\" {\ncontainerInstance a\n}\n}\na \\\n -> b\n}\n"
		"configuration {\nusers {\na b\n}\n}\n}\n");
	(void)state;
	expect(r, 2, "A>B");
	reference_destroy(r);
}

static void test_structurizr_complaints(void **state)
{
	(void)state;
	refuse("a.dsl", "workspace {\n", "a.dsl:1:1: the block that line 1 opens is not closed");
	refuse("a.dsl", "}", "a.dsl:1:1: \"}\": nothing is open here");
	refuse("a.dsl", "model2 {\n}", "a.dsl:1:1: \"model2\": expected \"workspace {\"");
	refuse("a.dsl", DSL("a = container \"A"), "a.dsl:3:15: a text has no closing quote");
	refuse("a.dsl", DSL("\xc3\xa9 = container \"A\"\n\xc3\xa9 -> bb\n"), "a.dsl:4:6: there is no element \"bb\" before this line");
	refuse("a.dsl", DSL("core = container \"A\"\ncore -> coer\n"), "a.dsl:4:9: there is no element \"coer\" before this line, did you mean \"core\"?");
	refuse("a.dsl", DSL("a = container"), "a.dsl:3:5: \"container\": an element needs a name");
	refuse("a.dsl", DSL("a = container A\na ->"), "a.dsl:4:3: \"->\": the arrow leads nowhere");
	refuse("a.dsl", DSL("-> a"), "a.dsl:3:1: \"->\": the arrow comes from nowhere");
	refuse("a.dsl", DSL("!include other.dsl"), "a.dsl:3:1: \"!include\": another file is not read");
	refuse("a.dsl", "workspace extends x {\n}", "a.dsl:1:11: \"extends\": another workspace");
	refuse("a.dsl", "workspace {\n\t\x01\n}", "a.dsl:2:2: control byte 0x01");
	refuse("a.dsl", "workspace {\n\xff\n}", "a.dsl:2:1: byte 0xff is no UTF-8");
	refuse("a.dsl", DSL("{"), "a.dsl:3:1: \"{\" stands alone");
	refuse("a.txt", "digraph {}", "a.txt:1:1: no architecture that can be read");
}

static void test_plantuml_elements_and_relations(void **state)
{
	struct reference *r = parse("a.puml", "@startuml\npackage \"P\" as p {\n  component \"A\" as a #fff\n  [B] as b <<x>>\n  component long as \"Long name\"\n}\n"
		"database db\nactor :Some one: as me\nnode --> a\n"
		"a --> b : label : more\na -[#red]down-> long\nb<..a\n[B] -left-> db\n\"A\" <--> \"new one\"\nme \"1\" -> \"0..n\" a\na.b ..> \xc3\xa9\n@enduml\na --> zzz\n");
	(void)state;
	expect(r, 10, "node>A A>B A>Long name A>B B>db A>new one new one>A Some one>A a.b>\xc3\xa9");
	assert_ptr_equal(&r->elements[element_of(r, "B")->parent], element_of(r, "P"));
	assert_true(element_of(r, "db")->is_outside && element_of(r, "Some one")->is_outside && element_of(r, "P")->is_group);
	reference_destroy(r);
}

static void test_plantuml_sockets(void **state)
{
	struct reference *r = parse("a.puml", "@startuml\n[a] --( [b]\n[c] )-- [d]\ne -(0- f\ng -0)- h\n() i\nj -(0)- i\nk -->(l)\nk -->(m n)\n@enduml\n");
	(void)state;
	expect(r, 13, "a>b d>c e>f h>g j>i i>j k>l k>m n");
	reference_destroy(r);
}

static void test_plantuml_reads_over(void **state)
{
	struct reference *r = parse("x", "@startuml\n' a comment\n/' a --> b\n'/\ntitle a --> b\nskinparam component {\n a --> b\n}\nskinparam x y\n"
		"legend right\na --> b\nend legend\nnote left of a : x --> y\nnote right of a\nx --> y\nend note\nhide empty members\n!theme plain\n"
		"component a [\nx --> y\n]\na --> b\na -- b\n!include <C4/C4>\n!include other.puml\n@enduml\n");
	(void)state;
	expect(r, 2, "a>b");
	assert_int_equal(r->note_count, 2);
	assert_string_equal(r->notes[0], "x:23: a line without an arrowhead does not say who uses whom; it is left out");
	assert_string_equal(r->notes[1], "x:25: another file is not read; put its text here");
	reference_destroy(r);
}

static void test_plantuml_mapping_and_escapes(void **state)
{
	struct reference *r = parse("a.puml", "component \"a<U+0022>&#60;\\nb\" as a\n' sightline.files a = src/**, x.c\n'sightline.domain a = x%22y\n[b.c]\n' sightline.files [b.c] = b/*\n");
	(void)state;
	assert_string_equal(r->elements[0].name, "a\"< b");
	assert_string_equal(r->elements[0].domain, "x\"y");
	assert_int_equal(r->elements[0].globs.count, 2);
	assert_string_equal(r->elements[1].globs.items[0], "b/*");
	reference_destroy(r);
}

static void test_plantuml_c4(void **state)
{
	struct reference *r = parse("a.puml", "@startuml\nLAYOUT_WITH_LEGEND()\nPerson(me, \"Me, myself\")\nSystem_Boundary(s, \"S\") {\n"
		"AddProperty(\"sightline.files\", \"src/**\")\nContainer(a, \"A (1)\", $tags=\"t\", \"C\")\nContainer_Boundary(b, \"B\") {\n"
		"Component(c, \"C\")\n}\nContainerDb(d, \"D\")\n}\nSystem_Ext(e, \"E\")\nRel(me, a, \"x, y\")\nRel_Back(a, c, \"z\")\nBiRel(a, d)\n"
		"RelIndex(1, c, e)\nLay_R(a, d)\nUpdateElementStyle(x, $y=\"1\")\n@enduml\n");
	(void)state;
	expect(r, 7, "Me, myself>A (1) C>A (1) A (1)>D D>A (1) C>E");
	assert_int_equal(element_of(r, "A (1)")->globs.count, 1);
	assert_true(element_of(r, "E")->is_outside && element_of(r, "D")->is_outside && element_of(r, "Me, myself")->is_outside);
	assert_true(element_of(r, "S")->is_group && !element_of(r, "B")->is_group);
	reference_destroy(r);
	refuse("a.puml", "Container(core, \"N\")\nRel(core, coree)", "a.puml:2:11: there is no element \"coree\" before this line, did you mean \"core\"?");
}

static void test_plantuml_complaints(void **state)
{
	(void)state;
	refuse("a.puml", "class Foo\n", "a.puml:1:1: \"class Foo\": expected an element or an arrow");
	refuse("a.puml", "a -->\n", "a.puml:1:6: \"\": expected an element");
	refuse("a.puml", "component \"a\n", "a.puml:1:11:");
	refuse("a.puml", "[a] --> [b\n", "a.puml:1:9:");
	refuse("a.puml", "package p {\n", "a.puml:1:1: what line 1 opens is not closed");
	refuse("a.puml", "}\n", "a.puml:1:1: \"}\": nothing is open here");
	refuse("a.puml", "component a\ncomponent a\n", "a.puml:2:11: \"a\" is an element already, on line 1");
	refuse("a.puml", "' sightline.files x = a\n", "a.puml:1:19: there is no element \"x\"");
	refuse("a.puml", "[x]\n' sightline.files x a\n", "a.puml:2:21: \"a\": expected \"=\"");
}

static void test_ceilings(void **state)
{
	struct reference *reference = NULL;
	struct err err = {0};
	size_t length = REFERENCE_MAX_BYTES + 1;
	char *text = malloc(length), deep[2000] = "workspace {\nmodel {\n";
	(void)state;
	memset(text, ' ', length);
	assert_int_equal(reference_parse(text, length, "a.dsl", &reference, &err), ERR_INPUT);
	assert_non_null(strstr(err.text, "too long"));
	free(text);
	for (unsigned i = 0; i < 40; i++)
		strcat(deep, "group \"g\" {\n");
	refuse("a.dsl", deep, "a.dsl:33:1: more than 32 blocks inside each other");
	deep[0] = 0;
	for (unsigned i = 0; i < 40; i++)
		sprintf(deep + strlen(deep), "package p%u {\n", i);
	refuse("a.puml", deep, "a.puml:33:1: more than 32 elements inside each other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_structurizr_elements_and_relations),
		cmocka_unit_test(test_structurizr_identifiers),
		cmocka_unit_test(test_structurizr_properties),
		cmocka_unit_test(test_structurizr_reads_over),
		cmocka_unit_test(test_structurizr_complaints),
		cmocka_unit_test(test_plantuml_elements_and_relations),
		cmocka_unit_test(test_plantuml_sockets),
		cmocka_unit_test(test_plantuml_reads_over),
		cmocka_unit_test(test_plantuml_mapping_and_escapes),
		cmocka_unit_test(test_plantuml_c4),
		cmocka_unit_test(test_plantuml_complaints),
		cmocka_unit_test(test_ceilings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
