/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Foreign text in XML. */
#ifndef SIGHTLINE_REPORTS_XML_H
#define SIGHTLINE_REPORTS_XML_H

#include "sink.h"

/* For element content and for attribute values in either quotes: line feeds and tabs survive as references, characters that XML
 * forbids are replaced (see sink_tame). NULL is "". */
void xml_text(struct sink *sink, const char *text);

#endif
