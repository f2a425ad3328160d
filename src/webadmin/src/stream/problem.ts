// SPDX-License-Identifier: LGPL-2.1-or-later
import type { Problem } from './protocol.js';

/** Reads the answer of a request that was refused, whoever refused it. */
export async function readProblem(response: Response): Promise<Problem> {
  const problem: Problem = { status: response.status, code: '', detail: response.statusText, position: null };
  try {
    const document = JSON.parse(await response.text()) as Record<string, unknown>;
    if (typeof document.code === 'string')
      problem.code = document.code;
    if (typeof document.detail === 'string')
      problem.detail = document.detail;
    if (typeof document.position === 'number')
      problem.position = document.position;
  } catch {
    // A proxy's own page: the status says it.
  }
  return problem;
}

/**
 * Turns a place in a query string `q=…` into one in the filter's text.
 *
 * @param text the filter, which encodeURIComponent() has put behind `q=`
 * @param position bytes into the query string
 * @returns UTF-16 units into the text, at most its length
 */
export function locateInText(text: string, position: number): number {
  let at = 2;
  let index = 0;
  for (const character of text) {
    const length = encodeURIComponent(character).length;
    if (at + length > position)
      return index;
    at += length;
    index += character.length;
  }
  return text.length;
}

/** Milliseconds to wait, by the answer's Retry-After; 5 s where it does not say. */
export function readRetryAfter(response: Response): number {
  const text = response.headers.get('Retry-After') ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Math.min(Math.max(Number.isNaN(seconds) ? 5 : seconds, 1), 600) * 1000;
}
