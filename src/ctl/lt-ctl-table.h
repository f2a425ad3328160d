/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "lt-ctl-output.h"

G_BEGIN_DECLS

/**
 * LtCtlColumn:
 * @title: its head, translated
 * @right: whether its cells stand at the right, as numbers do
 */
typedef struct
{
  const char *title;
  gboolean right;
} LtCtlColumn;

/**
 * LtCtlTable:
 *
 * Rows of text, put out in columns as wide as they need to be.
 */
typedef struct _LtCtlTable LtCtlTable;

LtCtlTable *lt_ctl_table_new (const LtCtlColumn *columns, guint n_columns);
void lt_ctl_table_free (LtCtlTable *self);
void lt_ctl_table_add (LtCtlTable *self, char *cell);
void lt_ctl_table_print (LtCtlTable *self, LtCtlOutput *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtCtlTable, lt_ctl_table_free)

G_END_DECLS
