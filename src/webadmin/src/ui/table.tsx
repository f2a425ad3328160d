// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  title: string;
  /** numbers stand at the right, under each other */
  numeric?: boolean;
  /** takes what room is left, and is cut where it does not fit */
  wide?: boolean;
  /** the title is read out only */
  quietTitle?: boolean;
  cell: (row: Row) => ComponentChildren;
}

export interface TableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string | number;
  /** instead of rows if there are none */
  empty: ComponentChildren;
}

/** A table; on a narrow screen each row is a list of its cells with their titles. */
export function Table<Row>({ caption, columns, rows, rowKey, empty }: TableProps<Row>) {
  if (rows.length === 0)
    return <p class="empty">{empty}</p>;

  const className = (column: Column<Row>) =>
    [column.numeric && 'numeric', column.wide && 'wide', column.quietTitle && 'quiet-title'].filter(Boolean).join(' ');

  return (
    <table class="table" role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.title} role="columnheader" scope="col" class={className(column)}>
              <span class={column.quietTitle ? 'unseen' : undefined}>{column.title}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={rowKey(row)} role="row">
            {columns.map((column) => (
              <td key={column.title} role="cell" class={className(column)} data-title={column.title}>
                <div>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
