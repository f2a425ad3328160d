// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads gettext's PO files: enough of the format for messages with plural forms.

function unquote(line, text) {
  const literal = text.slice(text.indexOf('"'), text.lastIndexOf('"') + 1);
  try {
    return JSON.parse(literal);
  } catch {
    throw new Error(`line ${line}: not a string: ${text}`);
  }
}

/**
 * Reads a PO file.
 *
 * Gives its messages in order: {msgid, plural, forms, fuzzy}; `plural` is undefined and `forms` has one
 * member for a message without plural forms. The header has the msgid ''.
 */
export function readPo(text) {
  const messages = [];
  let message = null;
  let fuzzy = false;
  let append = null;

  const begin = () => {
    if (message === null || message.forms.length > 0) {
      message = { msgid: '', plural: undefined, forms: [], fuzzy };
      messages.push(message);
      fuzzy = false;
    }
  };

  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    const form = /^msgstr(?:\[(\d)\])?\s/.exec(line);

    if (line.startsWith('#,'))
      fuzzy = line.includes('fuzzy');
    if (line === '' || line.startsWith('#'))
      return;
    if (line.startsWith('msgctxt'))
      throw new Error(`line ${index + 1}: the page's messages have no context`);
    if (line.startsWith('msgid_plural')) {
      message.plural = '';
      append = (part) => { message.plural += part; };
    } else if (line.startsWith('msgid')) {
      begin();
      append = (part) => { message.msgid += part; };
    } else if (form !== null) {
      const place = Number(form[1] ?? 0);
      const target = message;
      target.forms[place] = '';
      append = (part) => { target.forms[place] += part; };
    } else if (!line.startsWith('"')) {
      throw new Error(`line ${index + 1}: not understood: ${raw}`);
    }
    append(unquote(index + 1, line));
  });

  return messages;
}

/** Writes a string as PO does. */
export function quotePo(text) {
  return JSON.stringify(text);
}
