/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How declarations become symbols; the linker (graph/link) relies on these rules.
 *
 *   function, variable with external linkage   SCOPE_EXTERNAL, by linkage name (asm label)
 *   static function or variable                SCOPE_FILE, by name and the file of its definition where the unit has
 *                                              one, else of its first declaration
 *   static variable of a function              SCOPE_LOCAL, parent: the function; ordinal among equal names
 *   named struct, union, enum                  referred to as SCOPE_TAG (kind, name); the row of its definition in
 *                                              facts.types has SCOPE_FILE (kind, name, file)
 *   unnamed struct, union, enum                SCOPE_FILE. Name: the typedef's, where it is "typedef struct {..} T";
 *                                              else "<first member>", with "outer::" before it inside another record
 *   field                                      SCOPE_MEMBER; parent: the record as REFERRED TO (SCOPE_TAG if named)
 *   enumerator                                 SCOPE_MEMBER; parent: the enum as referred to
 *   typedef, macro                             SCOPE_FILE, by name and file of the definition seen
 *
 * Owners of references (from_symbol) are the DEFINITION's symbol: types SCOPE_FILE.
 * Types, fields, enumerators, typedefs and macros declared outside the codebase never appear. */
#ifndef SIGHTLINE_EXTRACT_VISIT_SYMBOLS_H
#define SIGHTLINE_EXTRACT_VISIT_SYMBOLS_H
#endif
