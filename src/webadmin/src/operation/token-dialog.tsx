// SPDX-License-Identifier: LGPL-2.1-or-later
import { useId, useState } from 'preact/hooks';
import { request, type Problem } from '../app/api.js';
import { t } from '../app/i18n.js';
import type { Permission } from '../app/session.js';
import { Button } from '../ui/button.js';
import { CopyButton } from '../ui/copy.js';
import { Dialog } from '../ui/dialog.js';
import { CheckField, SelectField, TextField } from '../ui/field.js';

const DAY = 86400;

function listPermissions(): [Permission, string][] {
  return [
    ['observe', t('see events, spans and the state of the service')],
    ['inject', t('hand in events')],
    ['manage', t('set levels, end subscriptions, create and revoke tokens')],
  ];
}

/** The one time a token is seen. */
function Made({ label, token, onClose }: { label: string; token: string; onClose: () => void }) {
  const id = useId();
  return (
    <Dialog
      title={t('The token "{label}"', { label })}
      onClose={onClose}
      actions={<Button kind="primary" onClick={onClose}>{t('Done')}</Button>}
    >
      <p>{t('Copy it now: it is shown only this once.')}</p>
      <div class="field">
        <label for={id}>{t('Token')}</label>
        <div class="with-button">
          <input id={id} class="input secret" readOnly value={token} onFocus={(event) => event.currentTarget.select()} />
          <CopyButton text={token} />
        </div>
      </div>
    </Dialog>
  );
}

/** Makes a token and shows it. */
export function TokenDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [label, setLabel] = useState('');
  const [permissions, setPermissions] = useState<Permission[]>(['observe']);
  const [seconds, setSeconds] = useState(String(30 * DAY));
  const [problem, setProblem] = useState<string | null>(null);
  const [token, setToken] = useState<string | null>(null);

  if (token !== null)
    return <Made label={label.trim()} token={token} onClose={onClose} />;

  const submit = async () => {
    try {
      if (label.trim() === '')
        throw new Error(t('Enter a label to know it by.'));
      if (permissions.length === 0)
        throw new Error(t('Choose one permission at least.'));
      const made = await request<{ token: string }>('POST', '/api/tokens', {
        body: { label: label.trim(), permissions, seconds: Number(seconds) },
      });
      setToken(made.token);
      onDone();
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };

  return (
    <Dialog
      title={t('Create token')}
      onClose={onClose}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button kind="primary" type="submit">{t('Create')}</Button>
        </>
      }
    >
      <TextField
        label={t('Label')}
        hint={t('What it is for, or whose it is')}
        value={label}
        onValue={setLabel}
        maxLength={100}
        autocomplete="off"
        problem={problem}
      />
      <fieldset class="field">
        <legend>{t('Permissions')}</legend>
        {listPermissions().map(([permission, text]) => (
          <CheckField
            key={permission}
            label={<code>{permission}</code>}
            hint={text}
            checked={permissions.includes(permission)}
            onChecked={(checked) => setPermissions(checked
              ? [...permissions, permission]
              : permissions.filter((one) => one !== permission))}
          />
        ))}
      </fieldset>
      <SelectField
        label={t('Valid for')}
        value={seconds}
        onValue={setSeconds}
        choices={[
          [String(DAY), t('1 day')],
          [String(7 * DAY), t('7 days')],
          [String(30 * DAY), t('30 days')],
          [String(365 * DAY), t('1 year')],
          ['0', t('until revoked')],
        ]}
      />
    </Dialog>
  );
}
