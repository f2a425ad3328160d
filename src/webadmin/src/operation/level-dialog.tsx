// SPDX-License-Identifier: LGPL-2.1-or-later
import { useEffect, useState } from 'preact/hooks';
import { request, segment, type Problem } from '../app/api.js';
import { t } from '../app/i18n.js';
import { mayObserve } from '../app/session.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Segmented, SelectField, TextField } from '../ui/field.js';
import { toast } from '../ui/toast.js';

const GLOBS = 'level-globs';

/** Types and the groups they form, to choose from. */
function useGlobs(): string[] {
  const [globs, setGlobs] = useState<string[]>([]);

  useEffect(() => {
    if (!mayObserve.value)
      return;
    request<{ types: { type: string }[] }>('GET', '/api/tracing/catalogue').then(({ types }) => {
      const groups = new Set(types.map(({ type }) => `${type.split('.')[0]}.*`));
      setGlobs(['*', ...groups, ...types.map(({ type }) => type)]);
    }, () => undefined);
  }, []);
  return globs;
}

/** Sets the level of a type or a group of types, for a time. */
export function LevelDialog({ glob: givenGlob, level: givenLevel, onClose, onDone }: {
  glob: string;
  level: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const [glob, setGlob] = useState(givenGlob);
  const [level, setLevel] = useState(givenLevel);
  const [seconds, setSeconds] = useState('600');
  const [problem, setProblem] = useState<string | null>(null);
  const globs = useGlobs();

  const submit = async () => {
    try {
      if (glob.trim() === '')
        throw new Error(t('Enter a type or a group, such as smtp.*'));
      await request('PUT', `/api/tracing/levels/${segment(glob.trim())}`, { body: { level, seconds: Number(seconds) } });
      toast(t('The level of {glob} is now {level}', { glob: glob.trim(), level }));
      onDone();
      onClose();
    } catch (error) {
      setProblem((error as Problem).message);
    }
  };

  return (
    <Dialog
      title={t('Set a level')}
      onClose={onClose}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button kind="primary" type="submit">{t('Set')}</Button>
        </>
      }
    >
      <TextField
        label={t('Types')}
        hint={t('A type, or a group with * such as smtp.*')}
        value={glob}
        onValue={setGlob}
        problem={problem}
        list={GLOBS}
        autocomplete="off"
      />
      <datalist id={GLOBS}>{globs.map((one) => <option key={one} value={one} />)}</datalist>
      <SelectField
        label={t('Level')}
        value={level}
        onValue={setLevel}
        choices={[
          ['error', t('error: errors only')],
          ['warn', t('warn: warnings and errors')],
          ['info', t('info: and what happens as usual')],
          ['debug', t('debug: and how it happens')],
          ['trace', t('trace: everything')],
          ['disable', t('disable: nothing at all')],
        ]}
      />
      <Segmented
        label={t('For')}
        value={seconds}
        onValue={setSeconds}
        choices={[['600', t('10 minutes')], ['3600', t('1 hour')], ['0', t('Until restart')]]}
      />
    </Dialog>
  );
}
