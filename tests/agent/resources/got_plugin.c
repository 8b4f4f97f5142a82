/* SPDX-License-Identifier: GPL-3.0-or-later */
int library_plain(int x);
int plugin_entry(int x) { return library_plain(x + 6); }
