/** What the client reads itself it reads as commander does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { globalOptions } from '../cli/global-options.ts';
import { optionsFirst } from '../cli/options-first.ts';
import type { Act } from '../cli/verb.ts';
import { Grammar } from './grammar.ts';
import { verbNamed } from './verbs.ts';

/** What a verb's action is given, without the command. */
function told(verb: string, command: Command, parse: () => void): unknown[] | undefined {
  let given: unknown[] | undefined;
  const act: Act =
    () =>
    async (...all: unknown[]) => {
      given = all.slice(0, -1);
    };
  verbNamed(verb)?.(command, act);
  globalOptions(command);
  parse();
  return given;
}

/** Options made without a prototype, or with one, are the same to a verb. */
const plain = (given: unknown[] | undefined): unknown => given && JSON.parse(JSON.stringify(given));

function byCommander(verb: string, words: readonly string[]): unknown {
  const command = new Command(verb).exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  const read = (): void =>
    void command.parse(verb === 'exec' ? optionsFirst(words, command) : [...words], { from: 'user' });
  return plain(told(verb, command, read));
}

function byGrammar(verb: string, words: readonly string[]): unknown {
  const grammar = new Grammar();
  const read = (): void => {
    const asked = grammar.read(words);
    if (asked !== undefined) void grammar.act(asked);
  };
  return plain(told(verb, grammar as unknown as Command, read));
}

const alike: string[] = [
  'exec dev -- true',
  'exec dev true',
  'exec dev -- -- true',
  'exec dev sh -c id -e A=1',
  'exec -e A=1 --env B dev -u root --env=C=2 -- env',
  'exec --timeout 5 dev --workdir /etc -n -- ls -l',
  'exec -i dev --no-stdin -- cat -',
  'exec dev --json --data-dir /x --url= -- id',
  'exec -e -x dev -- id',
  'exec -t dev -- id',
  'list',
  'list -q',
  'ls --label a=b --label=c=d -o wide --json',
  'ps dev',
  'ps --kill s1 dev --signal KILL',
  'ps -- dev',
  'ps -- --kill',
  'version --json',
  'start dev --cold-boot other',
  'stop a b -t 5s --poweroff',
  'stop -f -- -x',
  'pause a b',
  'resume - --token k',
];
for (const line of alike) {
  test(`as commander reads it: bhatti ${line}`, () => {
    const [verb = '', ...words] = line.split(' ');
    const expected = byCommander(verb, words);
    assert.notEqual(expected, undefined);
    assert.deepEqual(byGrammar(verb, words), expected);
  });
}

const left: string[] = [
  'exec',
  'exec dev',
  'exec --help',
  'exec -h dev -- id',
  'exec -uroot dev -- id',
  'exec -it dev -- sh',
  'exec -- dev id',
  'exec --us root dev -- id',
  'exec dev --no-such -- id',
  'exec dev -e',
  'list x',
  'list --quiet=yes',
  'list --label',
  'ps',
  'ps a b',
  'stop',
  'start -5',
  'version --verbose',
];
for (const line of left) {
  test(`left to commander: bhatti ${line}`, () => {
    const [verb = '', ...words] = line.split(' ');
    assert.equal(byGrammar(verb, words), undefined);
  });
}
