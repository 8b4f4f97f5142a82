/* SPDX-License-Identifier: GPL-3.0-or-later */
/* String literals that variables and fields hold, or are compared with, where that may be a secret: their name says so, or the text is
 * a private key. Of a local variable or parameter, which has no symbol, its function is named. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "extract/visit_internal.h"

/* "db_password", "AdminPasswd2", "apiKey": by how the name ends, since "password_prompt" holds none. */
static bool names_secret(const char *name)
{
	static const char *const words[] = {"password", "passwd", "passphrase", "passcode", "secret", "secretkey", "apikey", "authtoken",
					    "accesstoken", "privatekey"};
	char plain[64];
	size_t length = 0;
	for (; *name && length < sizeof plain; name++)
		if (isalpha((unsigned char)*name))
			plain[length++] = (char)tolower((unsigned char)*name);
	length -= length && plain[length - 1] == 's'; /* passwords */
	for (size_t i = 0; !*name && i < sizeof words / sizeof *words; i++)
		if (text_ends_with(plain, length, words[i]))
			return true;
	return false;
}

static bool is_private_key(const char *text)
{
	const char *end = strstr(text, "-----BEGIN ") ? strstr(text, " PRIVATE KEY-----") : NULL;
	return end && strlen(end) > 64; /* not the line alone, as who writes such keys has it */
}

/* A function from outside that compares or copies what it is given. */
static bool relates(const char *name)
{
	static const char *const words[] = {"strcmp", "strcasecmp", "strncmp", "strncasecmp", "memcmp", "strcpy", "strncpy", "strlcpy",
					    "stpcpy", "memcpy", NULL};
	for (size_t i = 0; words[i]; i++)
		if (!strcmp(words[i], name))
			return true;
	return false;
}

/* Of the place that a node names: its declaration; a null cursor where it names none. */
static CXCursor place_of(const struct visit *visit, uint32_t node)
{
	node = node_strip(visit, node);
	while (node != NODE_NONE && visit->nodes[node].kind == CXCursor_ArraySubscriptExpr)
		node = node_strip(visit, node_child(visit, node));
	if (node == NODE_NONE || (visit->nodes[node].kind != CXCursor_DeclRefExpr && visit->nodes[node].kind != CXCursor_MemberRefExpr))
		return clang_getNullCursor();
	return clang_getCursorReferenced(visit->nodes[node].cursor);
}

static CXCursor related(struct visit *visit, uint32_t call, uint32_t below)
{
	uint32_t target = visit_call_target(visit, call), other = node_next(visit, node_child(visit, call));
	const char *name = target == NODE_NONE || !visit->entities[target].outside ? NULL : visit_library_name(visit->entities[target].name);
	if (!name || !relates(name))
		return clang_getNullCursor();
	if (other == below)
		other = node_next(visit, other);
	return other == NODE_NONE ? clang_getNullCursor() : place_of(visit, other);
}

/* Who holds the literal, or is compared with it. */
static CXCursor holder(struct visit *visit, uint32_t literal)
{
	uint32_t below = literal;
	for (uint32_t up = visit->nodes[literal].parent; up != NODE_NONE; below = up, up = visit->nodes[up].parent)
		switch ((int)visit->nodes[up].kind) {
		case CXCursor_UnexposedExpr:
			if (node_child(visit, up) != below && visit->nodes[node_child(visit, up)].kind == CXCursor_MemberRef) /* .x = */
				return clang_getCursorReferenced(visit->nodes[node_child(visit, up)].cursor);
			break;
		case CXCursor_ConditionalOperator:
			if (node_child(visit, up) == below)
				return clang_getNullCursor();
			break;
		case CXCursor_ParenExpr: case CXCursor_CStyleCastExpr:
			break;
		case CXCursor_InitListExpr: /* an array of them; which field it is of a record is not looked for */
			if (clang_getCanonicalType(clang_getCursorType(visit->nodes[up].cursor)).kind == CXType_Record)
				return clang_getNullCursor();
			break;
		case CXCursor_VarDecl:
			return visit->nodes[up].cursor;
		case CXCursor_BinaryOperator:
			return clang_getCursorBinaryOperatorKind(visit->nodes[up].cursor) == CXBinaryOperator_Assign &&
					       node_child(visit, up) != below
				       ? place_of(visit, node_child(visit, up)) : clang_getNullCursor();
		case CXCursor_CallExpr:
			return related(visit, up, below);
		default:
			return clang_getNullCursor();
		}
	return clang_getNullCursor();
}

static void look_at(struct visit *visit, uint32_t literal)
{
	CXCursor held_by = holder(visit, literal);
	bool is_named = false;
	if (!clang_Cursor_isNull(held_by)) {
		CXString name = clang_getCursorSpelling(held_by);
		is_named = names_secret(clang_getCString(name) ? clang_getCString(name) : "");
		clang_disposeString(name);
	}
	CXString text = clang_getCursorSpelling(visit->nodes[literal].cursor);
	bool is_key = clang_getCString(text) && is_private_key(clang_getCString(text));
	clang_disposeString(text);
	if (!is_named && !is_key)
		return;
	uint32_t symbol = is_named ? visit_symbol(visit, visit->file, visit_entity(visit, held_by)) : FACTS_NONE;
	if (symbol == FACTS_NONE && visit->owner != NODE_NONE)
		symbol = visit_definition_symbol(visit, visit->file, visit->owner);
	visit_literal_add(visit, literal, symbol, LITERAL_HELD);
}

void visit_secrets(struct visit *visit)
{
	for (uint32_t node = 0; node < visit->node_count; node++)
		if (visit->nodes[node].kind == CXCursor_StringLiteral && !(visit->nodes[node].flags & (REF_UNEVALUATED | REF_INACTIVE)))
			look_at(visit, node);
}
