// SPDX-License-Identifier: LGPL-2.1-or-later
// What a page and the hub of streams say to each other.
import type { Batch } from './batch.js';

export type Context = 'event' | 'span' | 'trace';

/** What a stream is about. */
export interface Subject {
  filter: string;      // in the text form
  context: Context;
}

/** Where it begins: behind an event, or with the last so many matches. */
export interface Start {
  after: string | null;
  last: number;
}

/** An error as the HTTP interface tells it (RFC 9457). */
export interface Problem {
  status: number;
  code: string;
  detail: string;
  position: number | null; // bytes into the filter's text, where it is about that
}

export type State =
  | { name: 'connecting' }
  | { name: 'replaying' }
  | { name: 'live' }
  | { name: 'offline'; retryAt: number; attempt: number; reason: string }  // times are of Date.now()
  | { name: 'busy'; retryAt: number; problem: Problem }   // the daemon asked to come later
  | { name: 'refused'; problem: Problem }
  | { name: 'signed-out' }
  | { name: 'ended'; reason: string }                      // by an administrator
  | { name: 'suspended'; why: 'hidden' | 'streams' | 'slow' };

/** What happens to a stream beside events, to be shown between them. */
export type Notice =
  | { kind: 'gap'; dropped: number | null; after: string; before: string }
  | { kind: 'offline'; reason: string }
  | { kind: 'reconnected'; seconds: number; attempts: number }
  | { kind: 'restarted'; epoch: string }
  | { kind: 'busy'; problem: Problem; seconds: number }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'signed-out' }
  | { kind: 'ended'; reason: string };

export type Request =
  | { do: 'watch'; id: number; subject: Subject; start: Start }
  | { do: 'close'; id: number }
  | { do: 'retry'; id: number }
  | { do: 'ack'; id: number; bytes: number }
  | { do: 'page'; visible: boolean; focused: boolean };     // also says that the page is alive

export type Report =
  | { is: 'begin'; id: number; epoch: string; filter: string; subscriber: number }
  | { is: 'events'; id: number; batches: Batch[]; cursor: string; at: number }
  | { is: 'notice'; id: number; notice: Notice; at: number }
  | { is: 'replayed'; id: number }
  | { is: 'state'; id: number; state: State };
