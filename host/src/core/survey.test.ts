import assert from 'node:assert/strict';
import test from 'node:test';
import type { SurveyedFile } from '@bhatti/wire/survey.ts';
import { diffOf, type Survey } from './survey.ts';

const file = (path: string, also: Partial<SurveyedFile> = {}): SurveyedFile => ({
  ...{ is: 'file', path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, mtimeMs: 1, ctimeMs: 1 },
  ...also,
});

function survey(files: readonly SurveyedFile[], also: Partial<Survey> = {}): Survey {
  const byPath = new Map(files.map((one) => [one.path, one]));
  return { files: byPath, processes: [], ports: [], packages: {}, fromMs: 100, toMs: 200, ...also };
}

test('files: what is there, what is other, and what the look itself wrote', () => {
  const rows: readonly [string, SurveyedFile | null, SurveyedFile | null, string | null][] = [
    ['the same', file('/a'), file('/a'), null],
    ['new', null, file('/a'), 'added'],
    ['gone', file('/a'), null, 'deleted'],
    ['longer', file('/a'), file('/a', { size: 2 }), 'changed'],
    ['written at another time', file('/a'), file('/a', { mtimeMs: 2 }), 'changed'],
    ['other rights', file('/a'), file('/a', { mode: 0o600 }), 'changed'],
    ['another owner', file('/a'), file('/a', { uid: 1000 }), 'changed'],
    ['another kind', file('/a'), file('/a', { type: 'directory' }), 'changed'],
    ['moved there anew', file('/a'), file('/a', { ctimeMs: 2 }), null],
    [
      'a folder with other entries',
      file('/a', { type: 'directory' }),
      file('/a', { type: 'directory', mtimeMs: 2 }),
      null,
    ],
    ['a link', file('/a', { type: 'symlink', target: 'b' }), file('/a', { type: 'symlink', target: 'c' }), 'changed'],
    ['written by the first look', file('/a', { size: 3, ctimeMs: 100 }), file('/a'), null],
    ['written by the second', file('/a'), file('/a', { size: 3, ctimeMs: 200 }), null],
    ['new by the second', null, file('/a', { ctimeMs: 150 }), null],
    ['from the future', file('/a'), file('/a', { size: 3, ctimeMs: 201 }), 'changed'],
  ];
  for (const [name, before, after, how] of rows) {
    const diff = diffOf(survey(before ? [before] : []), survey(after ? [after] : []));
    assert.deepEqual(
      diff.files.map((one) => one.how),
      how === null ? [] : [how],
      name,
    );
  }
});

test('packages, processes and ports', () => {
  const before = survey([], {
    packages: { curl: '1', jq: '1', sudo: '1' },
    processes: [
      { is: 'process', pid: 9, startTicks: 5, command: 'sleep 9' },
      { is: 'process', pid: 10, startTicks: 5, command: 'sshd' },
    ],
    ports: [{ is: 'port', protocol: 'tcp', address: '0.0.0.0', port: 22 }],
  });
  const after = survey([], {
    packages: { curl: '2', nginx: '1', sudo: '1' },
    processes: [
      { is: 'process', pid: 9, startTicks: 50, command: 'sleep 9' },
      { is: 'process', pid: 10, startTicks: 5, command: 'sshd' },
    ],
    ports: [
      { is: 'port', protocol: 'tcp', address: '0.0.0.0', port: 22 },
      { is: 'port', protocol: 'tcp', address: '::', port: 22 },
      { is: 'port', protocol: 'udp', address: '::', port: 7 },
    ],
  });
  assert.deepEqual(diffOf(before, after), {
    files: [],
    packages: [
      { how: 'changed', name: 'curl', before: '1', after: '2' },
      { how: 'deleted', name: 'jq', before: '1' },
      { how: 'added', name: 'nginx', after: '1' },
    ],
    processes: [
      { how: 'deleted', pid: 9, command: 'sleep 9' },
      { how: 'added', pid: 9, command: 'sleep 9' },
    ],
    ports: [
      { how: 'added', protocol: 'udp', address: '::', port: 7 },
      { how: 'added', protocol: 'tcp', address: '::', port: 22 },
    ],
  });
});
