// SPDX-License-Identifier: LGPL-2.1-or-later
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

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

/**
 * Keeps the focus in a table: where the row with the focused button goes away, it goes to the button that has taken its
 * place, and where there is none, to the view.
 *
 * @returns the table's reference
 */
function useFocusKept() {
  const table = useRef<HTMLTableElement>(null);
  const focused = useRef<{ element: HTMLElement; index: number } | null>(null);
  const listButtons = () => [...table.current?.querySelectorAll<HTMLElement>('tbody button') ?? []];

  useLayoutEffect(() => {
    const onFocus = (event: FocusEvent) => {
      const element = event.target as HTMLElement;
      focused.current = { element, index: listButtons().indexOf(element) };
    };
    // Who goes elsewhere is not brought back; but that an element was removed is told as well, in some browsers.
    const onBlur = (event: FocusEvent) => queueMicrotask(() => {
      if ((event.target as HTMLElement).isConnected)
        focused.current = null;
    });
    const element = table.current;
    element?.addEventListener('focusin', onFocus);
    element?.addEventListener('focusout', onBlur);
    return () => {
      element?.removeEventListener('focusin', onFocus);
      element?.removeEventListener('focusout', onBlur);
    };
  }, [table.current === null]);

  useLayoutEffect(() => {
    const { element, index } = focused.current ?? {};
    if (element === undefined || element.isConnected)
      return;
    focused.current = null;
    if (document.activeElement !== document.body)
      return;
    const buttons = listButtons();
    (buttons[Math.min(index ?? 0, buttons.length - 1)] ?? document.getElementById('main'))?.focus();
  });
  return table;
}

/** A table; on a narrow screen each row is a list of its cells with their titles. */
export function Table<Row>({ caption, columns, rows, rowKey, empty }: TableProps<Row>) {
  const table = useFocusKept();
  if (rows.length === 0)
    return <p class="empty">{empty}</p>;

  const className = (column: Column<Row>) =>
    [column.numeric && 'numeric', column.wide && 'wide', column.quietTitle && 'quiet-title'].filter(Boolean).join(' ');

  return (
    <table ref={table} class="table" role="table">
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
