/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl-table.h"

#include "lt-ctl-text.h"

/* Between two columns. */
#define SPACING 2

struct _LtCtlTable
{
  LtCtlColumn *columns; /* (owned) (array length=n_columns) */
  guint n_columns;
  GPtrArray *cells; /* (owned) (element-type utf8): row after row */
};

/**
 * lt_ctl_table_new:
 * @columns: (array length=n_columns): the columns; their titles outlive the table
 * @n_columns: how many
 *
 * Returns: (transfer full): a table without rows
 */
LtCtlTable *
lt_ctl_table_new (const LtCtlColumn *columns, guint n_columns)
{
  LtCtlTable *self = g_new0 (LtCtlTable, 1);

  self->columns = g_memdup2 (columns, n_columns * sizeof *columns);
  self->n_columns = n_columns;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * lt_ctl_table_free:
 * @self: (transfer full): a table
 *
 * Frees it.
 */
void
lt_ctl_table_free (LtCtlTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self->columns);
  g_free (self);
}

/**
 * lt_ctl_table_add:
 * @self: a table
 * @cell: (transfer full) (nullable): any text; %NULL shows as `-`
 *
 * Adds the next cell, row by row.
 */
void
lt_ctl_table_add (LtCtlTable *self, char *cell)
{
  g_ptr_array_add (self->cells, cell != NULL && *cell != '\0' ? cell : g_strdup ("-"));
  if (cell != NULL && *cell == '\0')
    g_free (cell);
}

static guint
measure (const char *text, gboolean ascii)
{
  g_autofree char *escaped = lt_ctl_text_escape (text, -1, ascii);

  return lt_ctl_text_get_width (escaped, -1);
}

static guint *
measure_columns (LtCtlTable *self, LtCtlOutput *out)
{
  guint *widths = g_new0 (guint, self->n_columns);

  for (guint i = 0; i < self->n_columns; i++)
    widths[i] = measure (self->columns[i].title, out->ascii);
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint *width = &widths[i % self->n_columns];

      *width = MAX (*width, measure (g_ptr_array_index (self->cells, i), out->ascii));
    }

  return widths;
}

static void
print_cell (const LtCtlColumn *column, LtCtlOutput *out, LtCtlStyle style, const char *text,
            guint start, guint width)
{
  guint own_width = measure (text, out->ascii);

  lt_ctl_output_pad (out, start + (column->right ? width - MIN (own_width, width) : 0));
  lt_ctl_output_text (out, style, text);
}

/**
 * lt_ctl_table_print:
 * @self: a table
 * @out: where to
 *
 * Puts out a head and the rows. On a terminal what does not fit into a line is cut off.
 */
void
lt_ctl_table_print (LtCtlTable *self, LtCtlOutput *out)
{
  g_autofree guint *widths = measure_columns (self, out);
  guint n_rows = self->cells->len / self->n_columns;
  guint start = 0;

  for (guint i = 0; i < self->n_columns; i++)
    {
      print_cell (&self->columns[i], out, LT_CTL_STYLE_BOLD, self->columns[i].title, start,
                  widths[i]);
      start += widths[i] + SPACING;
    }
  lt_ctl_output_end_line (out);

  for (guint row = 0; row < n_rows; row++)
    {
      start = 0;
      for (guint i = 0; i < self->n_columns; i++)
        {
          print_cell (&self->columns[i], out, LT_CTL_STYLE_PLAIN,
                      g_ptr_array_index (self->cells, row * self->n_columns + i), start, widths[i]);
          start += widths[i] + SPACING;
        }
      lt_ctl_output_end_line (out);
    }
}
