/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Removes what a test made: a file, or a directory with all that is in it. Links are not followed.
 * Fails the test if something stays. */
void test_remove_tree (const char *path);

G_END_DECLS
