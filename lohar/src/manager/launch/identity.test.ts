import assert from 'node:assert/strict';
import test from 'node:test';
import type { Settings } from '../../unit/directive/tables.ts';
import type { Command } from '../../unit/exec/command.ts';
import { privilegedBeside } from './identity.ts';

const COMMAND: Command = { path: '/bin/true', argv: [], ignoreFailure: false, noExpand: false, privileges: '' };
const rows: [kind: string, only: boolean, privileges: string][] = [
  ['ExecStartPre', true, '+'],
  ['ExecReload', true, '+'],
  ['ExecStart', true, ''],
  ['ExecStartPre', false, ''],
];

for (const [kind, PermissionsStartOnly, privileges] of rows)
  test(`${kind}= with PermissionsStartOnly=${PermissionsStartOnly} has the privileges '${privileges}'`, () =>
    assert.equal(privilegedBeside(kind, COMMAND, { PermissionsStartOnly } as Settings).privileges, privileges));
